import { parseArgs } from "node:util";
import { CommandLineError } from "./fatal.ts";

/** What `npm start` was asked for. */
export type Options = { readonly kind: "help"; readonly text: string } | RunOptions;

/** How many Regions a platform of processes has. */
export type RegionCount = 1 | 3;

/** What Regions stand on: files of this machine, or servers of it that speak AWS's protocols. */
export type BackendName = "embedded" | "aws-local";

/** To run, and how. */
export interface RunOptions {
  readonly kind: "run";
  readonly port: number;
  readonly dataFolder: string;
  readonly fresh: boolean;
  readonly bots: boolean;
  /** Prometheus and the operations page. */
  readonly observe: boolean;
  /** So many Regions, each in processes of its own behind an edge; `embedded`: one Region, all of it in this process. */
  readonly regions: RegionCount | "embedded";
  readonly backend: BackendName;
}

const HELP = `Meridian: an exchange on this machine, in three Regions that go on when one of them fails.

  npm start -- [options]

  --port N      the port to listen on (8080; 0 for any free one)
  --data DIR    where orders, balances and users are kept (.meridian)
  --fresh       forget what an earlier run left in the data folder
  --regions N   1 or 3 Regions, each in processes of its own, behind an edge on the port (3)
  --embedded    one Region in one process
  --observe     a Prometheus that scrapes it, and the operations page at /ops
  --backend B   embedded: files in the data folder; aws-local: the adapters for AWS, on servers of this machine
                that speak AWS's protocols, which forget everything when they stop (embedded)
  --no-bots     no market-making and taking bots
  --help        this text

  MERIDIAN_OPERATOR_TOKEN in the environment: who sends it may run markets, shards and queues
  MERIDIAN_OPERATORS=name:token,name:token: the same, with names for the audit trail
`;

/** Reads the command line. Throws `CommandLineError` for what it does not know. */
export function parseOptions(args: readonly string[]): Options {
  const values = parsed(args);
  if (values.help === true) return { kind: "help", text: HELP };
  const port = Number(values.port);
  if (!/^\d{1,5}$/.test(values.port) || port > 65_535) {
    throw new CommandLineError(`--port takes a number from 0 to 65535, not "${values.port}".`);
  }
  if (values.data === "") throw new CommandLineError("--data takes the path of a folder.");
  if (values.embedded && values.regions !== undefined)
    throw new CommandLineError("--embedded is one Region in one process; leave out --regions.");
  if (values.embedded && values.observe)
    throw new CommandLineError(
      "--observe watches processes, which --embedded has not; leave out one of them.",
    );
  const regions = parseRegions(values.regions ?? "3");
  const backend = parseBackend(values.backend);
  if (values.embedded && backend === "aws-local")
    throw new CommandLineError("--backend aws-local runs Regions in processes; leave out --embedded.");
  return {
    kind: "run",
    port,
    dataFolder: values.data,
    fresh: values.fresh,
    bots: !values["no-bots"],
    observe: values.observe,
    regions: values.embedded ? "embedded" : regions,
    backend,
  };
}

/** How many Regions. Throws `CommandLineError`. */
export function parseRegions(text: string): RegionCount {
  if (text !== "1" && text !== "3") throw new CommandLineError(`--regions takes 1 or 3, not "${text}".`);
  return text === "1" ? 1 : 3;
}

/** What Regions stand on. Throws `CommandLineError`. */
export function parseBackend(text: string): BackendName {
  if (text !== "embedded" && text !== "aws-local")
    throw new CommandLineError(`--backend takes embedded or aws-local, not "${text}".`);
  return text;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string", default: "8080" },
        data: { type: "string", default: ".meridian" },
        fresh: { type: "boolean", default: false },
        regions: { type: "string" },
        embedded: { type: "boolean", default: false },
        observe: { type: "boolean", default: false },
        backend: { type: "string", default: "embedded" },
        "no-bots": { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    const [reason = ""] = (error as Error).message.split(/\.\s/);
    throw new CommandLineError(`${reason}. See --help.`);
  }
}
