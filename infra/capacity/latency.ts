import { MEASURED } from "./measured.ts";
import type { Cell } from "./plan.ts";

/** One step of an order between the click and its status. */
export interface Hop {
  readonly what: string;
  readonly ms: number;
  readonly from: string;
}

export interface LatencyBudget {
  readonly name: string;
  readonly hops: readonly Hop[];
  readonly totalMs: number;
}

const ASSUMED_MS = {
  client: 15,
  edge: 5,
  gateway: 2,
  put: 10,
  sameRegion: 1,
  redis: 1.5,
} as const;
/** There and back, between us-east-1 and ap-northeast-1, the farthest pair of the three. */
const REGION_ROUND_TRIP_MS = 160;
/** AWS: "typically an average of 70 ms" with enhanced fan-out. */
const FAN_OUT_MS = 70;

/** From the click to the status: for a client whose Region owns the shard, for one whose Region does not, and until the fill is final. */
export function latencyBudgets(cell: Cell): readonly LatencyBudget[] {
  const halfway = REGION_ROUND_TRIP_MS / 2;
  const entry: Hop[] = [
    { what: "client to edge", ms: ASSUMED_MS.client, from: "assumed" },
    { what: "edge to gateway", ms: ASSUMED_MS.edge, from: "assumed" },
    {
      what: "gateway: authenticate, limit, validate",
      ms: ASSUMED_MS.gateway,
      from: "2.1 ms for all of the embedded way, npm run bench -- latency",
    },
    {
      what: "gathering for a record, at most",
      ms: cell.lingerMs,
      from: `${cell.gateways} gateways a Region share a log's 1,000 records/s`,
    },
  ];
  const fold: Hop = {
    what: "fold",
    ms: (MEASURED.commandsPerOrder.value * MEASURED.foldMicros.value) / 1000,
    from: MEASURED.foldMicros.command,
  };
  const put: Hop = { what: "append: durable in three zones", ms: ASSUMED_MS.put, from: "assumed" };
  const fanOut: Hop = { what: "enhanced fan-out", ms: FAN_OUT_MS, from: "AWS, Kinesis Developer Guide" };
  const home: Hop[] = [
    { what: "Redis to the gateway", ms: ASSUMED_MS.redis, from: "assumed" },
    { what: "gateway to client", ms: ASSUMED_MS.client + ASSUMED_MS.edge, from: "assumed" },
  ];
  const across: Hop = {
    what: "to the owner's Region",
    ms: halfway,
    from: `half of ${REGION_ROUND_TRIP_MS} ms between us-east-1 and ap-northeast-1, assumed`,
  };
  const back: Hop = { ...across, what: "the log to the client's Region" };
  const final: Hop = {
    what: "a majority holds it, and says so",
    ms: REGION_ROUND_TRIP_MS,
    from: "a round trip between Regions, assumed",
  };
  return [
    budget("in the owner's Region", [...entry, put, fanOut, fold, ...home]),
    budget("in another Region", [...entry, across, put, fanOut, back, fold, ...home]),
    budget("final, in the owner's Region", [...entry, put, fanOut, fold, final, ...home]),
  ];
}

function budget(name: string, hops: readonly Hop[]): LatencyBudget {
  return { name, hops, totalMs: hops.reduce((sum, { ms }) => sum + ms, 0) };
}
