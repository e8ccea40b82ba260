import { parseArgs } from "node:util";
import { allExperiments } from "../chaos/experiments/all.ts";
import { CommandLineError } from "../cli/fatal.ts";

export type GameDayOptions =
  | { readonly kind: "help"; readonly text: string }
  | {
      readonly kind: "run";
      /** Experiments by name, in the order in which they run. */
      readonly names: readonly string[];
      /** How long each is hurt, seconds; what its alerts need where nothing is said. */
      readonly forSeconds: number | undefined;
      /** Orders a second. */
      readonly load: number;
      readonly accounts: number;
      readonly dataFolder: string;
      readonly reports: string;
    };

const HELP = `Runs every experiment in turn against the watched platform, and tells which alerts fired, after how long, and which did not though they had to.

  npm run gameday -- [options]

  --only NAMES  these experiments alone, with commas between them (all)
  --for TIME    how long each is hurt, as 20s (what its alerts need to fire: local/gameday/expected-alerts.ts); alerts that need longer may then fire and need not
  --load N      orders a second (60)
  --accounts N  traders that send them (12)
  --data DIR    the data folder of a platform that runs with --observe (.meridian-gameday); where none runs on it, one is started and stopped again
  --reports DIR where the report goes (chaos/gameday)

All of them take about twenty minutes. The report is written after each, and when this is interrupted, which also heals what is hurt. An experiment that fails is a result; the next one begins on a new platform, where this started it.
`;

/** Reads the command line. Throws `CommandLineError` for what it does not know. */
export function parseGameDayOptions(args: readonly string[]): GameDayOptions {
  const values = parsed(args);
  if (values.help === true) return { kind: "help", text: HELP };
  const all = allExperiments().map(({ name }) => name);
  const names = values.only === undefined ? all : values.only.split(",");
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined)
    throw new CommandLineError(`There is no experiment "${unknown}"; one of ${all.join(", ")}.`);
  return {
    kind: "run",
    names,
    forSeconds: values.for === undefined ? undefined : positive("--for", values.for.replace(/s$/, "")),
    load: positive("--load", values.load),
    accounts: positive("--accounts", values.accounts),
    dataFolder: values.data,
    reports: values.reports,
  };
}

function positive(option: string, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new CommandLineError(`${option} takes a number from 1, not "${text}".`);
  return Number(text);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: "string" },
        for: { type: "string" },
        load: { type: "string", default: "60" },
        accounts: { type: "string", default: "12" },
        data: { type: "string", default: ".meridian-gameday" },
        reports: { type: "string", default: "chaos/gameday" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    const [reason = ""] = (error as Error).message.split(/\.\s/);
    throw new CommandLineError(`${reason}. See --help.`);
  }
}
