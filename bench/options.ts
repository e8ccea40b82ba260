import { parseArgs } from "node:util";
import { CommandLineError } from "#local/cli/fatal.ts";

export const PARTS = ["engine", "rest", "sockets", "latency", "telemetry"] as const;
export type PartName = (typeof PARTS)[number];

export type BenchOptions =
  | { readonly kind: "help"; readonly text: string }
  | {
      readonly kind: "run";
      readonly parts: readonly PartName[];
      readonly runs: number;
      readonly seconds: number;
      /** Writes bench/results/*.json. */
      readonly write: boolean;
    };

const HELP = `Measures Meridian beside its peers, on this machine, in one run.

  npm run bench -- [parts] [options]

  parts: engine rest sockets latency telemetry (all of them)

  --runs N      measured runs, whose median counts (5)
  --seconds N   length of a run of all but engine (3)
  --no-write    leave bench/results as it is
  --help        this text
`;

/** Reads the command line. Throws `CommandLineError` for what it does not know. */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parsed(args);
  if (values.help === true) return { kind: "help", text: HELP };
  const unknown = positionals.find((name) => !isPart(name));
  if (unknown !== undefined)
    throw new CommandLineError(`There is no part "${unknown}"; parts: ${PARTS.join(", ")}.`);
  const parts = positionals.length === 0 ? PARTS : PARTS.filter((name) => positionals.includes(name));
  return {
    kind: "run",
    parts,
    runs: positive("--runs", values.runs),
    seconds: positive("--seconds", values.seconds),
    write: !values["no-write"],
  };
}

function isPart(name: string): name is PartName {
  return (PARTS as readonly string[]).includes(name);
}

function positive(option: string, text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text))
    throw new CommandLineError(`${option} takes a number from 1 to 999, not "${text}".`);
  return Number(text);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        runs: { type: "string", default: "5" },
        seconds: { type: "string", default: "3" },
        "no-write": { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    const [reason = ""] = (error as Error).message.split(". ");
    throw new CommandLineError(`${reason}. See --help.`);
  }
}
