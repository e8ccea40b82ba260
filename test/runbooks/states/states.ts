import { allExperiments } from "#local/chaos/experiments/all.ts";
import { regionOf } from "#local/chaos/experiments/parts.ts";
import { eventually } from "#test/support/eventually.ts";
import type { Stage } from "../stage.ts";
import { brokenStore } from "./broken-store.ts";
import { changedState } from "./changed-state.ts";
import { deadLetters } from "./dead-letters.ts";
import { dyingZone } from "./dying-zone.ts";
import { faultyBuild } from "./faulty-build.ts";
import { foreignRecord } from "./foreign-record.ts";
import { lateOrders } from "./late-orders.ts";
import { lostOutcomes } from "./lost-outcomes.ts";
import { repairFeeds } from "./resyncs.ts";
import { silentWatchdog } from "./silent-watchdog.ts";
import { fullMemory, slowReader } from "./slow-readers.ts";
import { standingClock } from "./standing-clock.ts";
import { lateBook, starvedRegion } from "./starved-region.ts";
import { duringExperiment, type State } from "./state.ts";
import { lateReplay, unfinishedReplay } from "./unfinished-replay.ts";

const experiment = (name: string) => {
  const found = allExperiments().find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no experiment ${name}`);
  return found;
};

/** Sends orders straight to the gateway of the Region that experiments hurt, past the edge, until what becomes of them is known or it is not answered in time. */
async function order(stage: Stage, symbol: string, quantity: string): Promise<void> {
  const { trader } = stage;
  trader.url = await stage.gatewayOf(regionOf(stage.experiment));
  const terms = {
    symbol,
    side: "BUY",
    type: "LIMIT",
    timeInForce: "GTC",
    quantity,
    price: PRICES[symbol] ?? "1",
  };
  await trader.post("/api/v3/order", terms);
}

const PRICES: Readonly<Record<string, string>> = { BTCUSDT: "50000", AAPLUSD: "150" };
/** More than the throttled journal takes in some seconds. */
const ORDERS = 60;
const ROUNDS_MAX = 20;

/** By the name that pages have in their front matter: an experiment's where nothing but the experiment is needed. */
export const STATES: Readonly<Record<string, State>> = {
  partition: duringExperiment(experiment("partition")),
  "zone-loss": duringExperiment(experiment("zone-loss")),
  "ledger-stall": duringExperiment(experiment("ledger-stall"), async (stage) => {
    // A deposit is what the ledger hears of.
    await stage.newTrader();
  }),
  /** The owner is cut off, forks, and takes an order in its fork. */
  "isolate-owner": duringExperiment(experiment("isolate-owner"), async (stage) => {
    await isForked(stage);
    await order(stage, "BTCUSDT", "0.01");
  }),
  /** The same, and an order for a market that halts in a partition waits. */
  "isolate-owner-with-orders": duringExperiment(experiment("isolate-owner"), async (stage) => {
    // It may own that shard too, and be sure of it a moment longer than of the other.
    await isRouted(stage, "equity-1", "unreachable");
    await order(stage, "AAPLUSD", "1");
  }),
  /** Orders come faster than the journal takes them. */
  "store-throttle": duringExperiment(experiment("store-throttle"), async (stage) => {
    // All at once, and again on a machine that takes them slowly.
    for (let round = 0; round < ROUNDS_MAX && !(await isRefusing(stage)); round++)
      await Promise.all(Array.from({ length: ORDERS }, () => order(stage, "BTCUSDT", "0.001")));
  }),
  /** A zone's process stands still instead of dying: the supervisor would start it again. */
  "zone-stopped": {
    make: ({ experiment: { control, regions } }) => control.signal(`${regions[0]}/b`, "SIGSTOP"),
    end: ({ experiment: { control, regions } }) => control.signal(`${regions[0]}/b`, "SIGCONT"),
  },
  /** Orders to another Region take longer than they may. */
  latency: lateOrders(experiment("latency")),
  "starved-region": starvedRegion(),
  "starved-region-with-orders": starvedRegion(lateBook),
  "dying-zone": dyingZone(),
  "broken-store": brokenStore,
  /** Feeds are repaired as fast as a storm of clients would ask for it. */
  resyncs: { make: repairFeeds, end: async () => {} },
  /** Somebody left a market halted. */
  "market-halted": {
    make: async (stage) => {
      await stage.ops("market halt BTCUSDT --yes");
    },
    end: async () => {},
  },
  "dead-letters": deadLetters,
  "changed-state": changedState,
  "faulty-build": faultyBuild,
  "lost-outcomes": lostOutcomes(),
  "foreign-record": foreignRecord,
  "standing-clock": standingClock,
  "unfinished-replay": unfinishedReplay,
  "late-replay": lateReplay,
  "slow-reader": slowReader(),
  "full-memory": fullMemory(),
  "silent-watchdog": silentWatchdog(),
};

async function isRefusing({ experiment: { control, regions } }: Stage): Promise<boolean> {
  const status = await control.status();
  const own = status.regions.find(({ region }) => region === regions[0])?.observation?.shards ?? [];
  return own.some(({ backpressure }) => backpressure === "refusing");
}

function isForked(stage: Stage): Promise<void> {
  return isRouted(stage, "crypto-1", "fork");
}

/** Until the Region that experiments hurt sends orders of a shard that way. */
async function isRouted(
  { experiment: { control, regions } }: Stage,
  id: string,
  wanted: "fork" | "unreachable",
): Promise<void> {
  await eventually(async () => {
    const status = await control.status();
    const own = status.regions.find(({ region }) => region === regions[0])?.observation?.shards ?? [];
    return own.some(({ shard, route }) => shard === id && route === wanted);
  });
}
