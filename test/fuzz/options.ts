import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { CommandLineError } from "#local/cli/fatal.ts";

/** What `npm run fuzz` was asked for. */
export type FuzzOptions =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "run"; readonly seconds: number; readonly seed: number };

const HELP = `Random command streams for the engines, compared with the naive engine until the time is over.

  npm run fuzz -- [options]

  --seconds N   how long (60)
  --seed N      where to begin (a fresh number each time); one that found a difference finds it again
  --help        this text
`;

/** Reads the command line. Throws `CommandLineError` for what it does not know. */
export function parseFuzzOptions(args: readonly string[]): FuzzOptions {
  const values = parsed(args);
  if (values.help === true) return { kind: "help", text: HELP };
  const seed = values.seed === undefined ? randomInt(2 ** 31) : integer("--seed", values.seed, 0);
  return { kind: "run", seconds: integer("--seconds", values.seconds, 1), seed };
}

function integer(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d{1,10}$/.test(text) || value < least || value > 2 ** 31 - 1)
    throw new CommandLineError(`${name} takes a whole number from ${least} to 2147483647, not "${text}".`);
  return value;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seconds: { type: "string", default: "60" },
        seed: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    const [reason = ""] = (error as Error).message.split(". ");
    throw new CommandLineError(`${reason}. See --help.`);
  }
}
