import { parseArgs } from "node:util";
import { CommandLineError } from "../cli/fatal.ts";
import { type BackendName, parseBackend, parseRegions, type RegionCount } from "../cli/options.ts";

export type ChaosOptions =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "list" }
  | {
      readonly kind: "run";
      /** `all`, or one experiment. */
      readonly name: string;
      readonly forMs: number;
      /** Orders a second. */
      readonly load: number;
      /** Traders that send them. */
      readonly accounts: number;
      readonly dataFolder: string;
      readonly regions: RegionCount;
      readonly backend: BackendName;
      readonly reports: string;
    };

const HELP = `Breaks the running platform on purpose, under load, and tells what came of it.

  npm run chaos -- list
  npm run chaos -- run NAME|all [options]

  --for TIME    how long it is hurt (20s)
  --load N      orders a second (100)
  --accounts N  traders that send them (24)
  --data DIR    the data folder of the platform (.meridian); where none runs on it, one is started and stopped again
  --regions N   how many Regions a platform that is started has, 1 or 3 (3)
  --backend B   what a platform that is started stands on, embedded or aws-local (embedded)
  --reports DIR where the reports go (chaos/reports)

Ctrl-C ends it, and heals what is hurt first.
`;

/** Reads the command line. Throws `CommandLineError` for what it does not know. */
export function parseChaosOptions(args: readonly string[]): ChaosOptions {
  const { values, positionals } = parsed(args);
  const [command, name, ...more] = positionals;
  if (values.help === true || command === undefined) return { kind: "help", text: HELP };
  if (command === "list" && name === undefined) return { kind: "list" };
  if (command !== "run" || name === undefined || more.length > 0)
    throw new CommandLineError(`"${positionals.join(" ")}" is no command. See --help.`);
  const seconds = /^(\d{1,4})s?$/.exec(values.for)?.[1];
  if (seconds === undefined || Number(seconds) < 1)
    throw new CommandLineError(`--for takes seconds, as 20s, not "${values.for}".`);
  if (!/^[1-9]\d{0,4}$/.test(values.load))
    throw new CommandLineError(`--load takes a number from 1, not "${values.load}".`);
  if (!/^[1-9]\d{0,3}$/.test(values.accounts))
    throw new CommandLineError(`--accounts takes a number from 1, not "${values.accounts}".`);
  return {
    kind: "run",
    name,
    forMs: Number(seconds) * 1000,
    load: Number(values.load),
    accounts: Number(values.accounts),
    dataFolder: values.data,
    regions: parseRegions(values.regions),
    backend: parseBackend(values.backend),
    reports: values.reports,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        for: { type: "string", default: "20s" },
        load: { type: "string", default: "100" },
        accounts: { type: "string", default: "24" },
        data: { type: "string", default: ".meridian" },
        regions: { type: "string", default: "3" },
        backend: { type: "string", default: "embedded" },
        reports: { type: "string", default: "chaos/reports" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    const [reason = ""] = (error as Error).message.split(/\.\s/);
    throw new CommandLineError(`${reason}. See --help.`);
  }
}
