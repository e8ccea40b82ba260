import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { CommandLineError } from "#local/cli/fatal.ts";

/** What `npm run simulate` was asked for. */
export type SimulateOptions =
  | { readonly kind: "help"; readonly text: string }
  /** Seeds come a line each on standard input, results go a line each to standard output: for whoever runs many. */
  | { readonly kind: "serve"; readonly steps: number; readonly seconds: number }
  | { readonly kind: "mutations"; readonly only: string | undefined; readonly seeds: number }
  | {
      readonly kind: "run";
      readonly firstSeed: number;
      readonly lastSeed: number;
      readonly steps: number;
      readonly seconds: number;
      readonly isVerbose: boolean;
      readonly workers: number;
    };

const HELP = `Runs the whole cluster in one thread, in virtual time, under faults, from a seed.

  npm run simulate -- [options]

  --seed N        one seed (a fresh number each time)
  --seeds A..B    all seeds from A to B
  --steps M       the time under faults ends after so many events
  --seconds S     the time under faults, simulated seconds (120)
  --workers W     processes that share the seeds (2)
  --verbose       says everything that happens
  --mutations     breaks copies of the code in each listed way: each must be caught
  --only TEXT     with --mutations: those whose name has this in it; several texts are parted by |
  --within N      with --mutations: within so many seeds (500)
  --help          this text

A run that finds something ends with 1 and says how to see it again.
`;

const MOST = 2 ** 31 - 1;

/** Reads the command line. Throws `CommandLineError` for what it does not know. */
export function parseSimulateOptions(args: readonly string[]): SimulateOptions {
  const values = parsed(args);
  if (values.help === true) return { kind: "help", text: HELP };
  if (values.mutations === true)
    return { kind: "mutations", only: values.only, seeds: integer("--within", values.within, 1) };
  const bounds = {
    steps: values.steps === undefined ? MOST : integer("--steps", values.steps, 1),
    seconds: integer("--seconds", values.seconds, 1),
  };
  if (values.serve === true) return { kind: "serve", ...bounds };
  const [firstSeed, lastSeed] = seedsOf(values.seed, values.seeds);
  return {
    kind: "run",
    firstSeed,
    lastSeed,
    ...bounds,
    isVerbose: values.verbose === true,
    workers: integer("--workers", values.workers, 1),
  };
}

function seedsOf(seed: string | undefined, seeds: string | undefined): readonly [number, number] {
  if (seeds !== undefined) {
    const [first = "", last = "", ...rest] = seeds.split("..");
    const range = [integer("--seeds", first, 0), integer("--seeds", last, 0)] as const;
    if (rest.length > 0 || range[1] < range[0])
      throw new CommandLineError(
        `--seeds takes A..B, two numbers of which the second is not less, not "${seeds}".`,
      );
    return range;
  }
  const one = seed === undefined ? randomInt(MOST) : integer("--seed", seed, 0);
  return [one, one];
}

function integer(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value < least || value > MOST)
    throw new CommandLineError(`${name} takes a whole number from ${least} to ${MOST}, not "${text}".`);
  return value;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: "string" },
        seeds: { type: "string" },
        steps: { type: "string" },
        seconds: { type: "string", default: "120" },
        workers: { type: "string", default: "2" },
        verbose: { type: "boolean" },
        serve: { type: "boolean" },
        mutations: { type: "boolean" },
        only: { type: "string" },
        within: { type: "string", default: "500" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    const [reason = ""] = (error as Error).message.split(". ");
    throw new CommandLineError(`${reason}. See --help.`);
  }
}
