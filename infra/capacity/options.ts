import { type CapacityQuestion, REGION_COUNTS } from "./plan.ts";

export type CapacityOptions =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "wrong"; readonly line: string }
  | {
      readonly kind: "run";
      readonly questions: readonly CapacityQuestion[];
      readonly json: boolean;
      /** Shows what everything is computed from too: figures, quotas, assumptions. */
      readonly sources: boolean;
      /** Writes the computed parts of docs/scaling.md instead. */
      readonly write: boolean;
    };

/** What is asked if nothing is said. */
const USUAL = [1000, 100_000, 1_000_000];
const ORDERS_MAX = 100_000_000;
const SHARDS_MAX = 1_000_000;

const USAGE = [
  "npm run capacity -- [--orders N] [--regions R] [--shards S] [--sources] [--json]",
  "",
  "  What a load needs on AWS, what limits it, how long an order takes, and what a million orders cost.",
  "",
  "  --orders N     orders a second, as 2500 or 2.5k or 1M; without it 1k, 100k and 1M beside each other",
  `  --regions R    ${REGION_COUNTS.join(", ")}; 3 without it`,
  "  --shards S     Meridian's shards; as many as are needed without it",
  "  --sources      the figures, quotas and assumptions that it is computed from",
  "  --json         all of it for programs",
  "  --write        writes the computed parts of docs/scaling.md instead",
  "",
].join("\n");

/** Reads the command line. */
export function parseCapacityOptions(args: readonly string[]): CapacityOptions {
  let orders: number | undefined;
  let regions = 3;
  let shards: number | undefined;
  let json = false;
  let sources = false;
  let write = false;
  for (let at = 0; at < args.length; at += 1) {
    const [option = "", inline] = (args[at] ?? "").split("=", 2);
    if (["--help", "-h", "help"].includes(option)) return { kind: "help", text: USAGE };
    if (option === "--json") json = true;
    else if (option === "--sources") sources = true;
    else if (option === "--write") write = true;
    else if (["--orders", "--regions", "--shards"].includes(option)) {
      const text = inline ?? args[at + 1] ?? "";
      if (inline === undefined) at += 1;
      const value = readCount(text);
      if (value === undefined) return { kind: "wrong", line: `${option} wants a number, not "${text}"` };
      if (option === "--orders") orders = value;
      else if (option === "--regions") regions = value;
      else shards = value;
    } else return { kind: "wrong", line: `unknown option ${option}; --help lists them` };
  }
  if (orders !== undefined && (orders <= 0 || orders > ORDERS_MAX))
    return { kind: "wrong", line: `--orders is between 1 and ${ORDERS_MAX.toLocaleString("en")} a second` };
  if (!REGION_COUNTS.includes(regions))
    return {
      kind: "wrong",
      line: `--regions is one of ${REGION_COUNTS.join(", ")}: with two no majority is left when one is lost, and a log has 20 consumers`,
    };
  if (shards !== undefined && (!Number.isInteger(shards) || shards <= 0 || shards > SHARDS_MAX))
    return {
      kind: "wrong",
      line: `--shards is a whole number between 1 and ${SHARDS_MAX.toLocaleString("en")}`,
    };
  const asked = orders === undefined ? USUAL : [orders];
  return {
    kind: "run",
    questions: asked.map((ordersPerSecond) => ({
      ordersPerSecond,
      regions,
      ...(shards === undefined ? {} : { shards }),
    })),
    json,
    sources,
    write,
  };
}

/** `2500`, `2.5k`, `1M`. */
function readCount(text: string): number | undefined {
  const [, digits, suffix = ""] = /^(\d+(?:\.\d+)?)([kM]?)$/.exec(text.replaceAll("_", "")) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * (suffix === "k" ? 1000 : suffix === "M" ? 1e6 : 1);
}
