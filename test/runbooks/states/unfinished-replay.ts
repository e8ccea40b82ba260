import { allExperiments } from "#local/chaos/experiments/all.ts";
import { regionOf } from "#local/chaos/experiments/parts.ts";
import { becomes, becomesTrue } from "#test/support/becomes-true.ts";
import type { TestTrader } from "#test/support/test-trader.ts";
import { lateOf, type Scrape, scrapeAll } from "../samples.ts";
import type { Stage } from "../stage.ts";
import type { State } from "./state.ts";

/** A replay has 64 of them on their way at a time: so many are several journeys, and over links that are so slow they take some seconds. Over slower ones the register would hardly be heard of. */
const ORDERS = 400;
const SLOW_MS = 200;
const SYMBOL = "BTCUSDT";
const SHARD = "crypto-1";
const ELSEWHERE = "eu-west-1";
/** Whoever looks for a replay may look too late on a busy machine: so often one is made, each twice as long as the one before. */
const TRIES_MAX = 4;

/** A bound of the histogram of how long replays took. */
export const LONG_SECONDS = 5;

/**
 * The owner is cut off and forks; buyers on both sides take the same offer, and more orders come in the fork. The link comes back, slow, the replay begins, and before it has ended the link is lost again:
 * nobody on the other side can tell what of the fork stands.
 */
export const unfinishedReplay: State = {
  make: leaveReplayUnfinished,
  end: ({ experiment: { control } }) => control.resetLinks(),
};

/** The same, and the link comes back late: all is reconciled, after longer than was promised. */
export const lateReplay: State = {
  make: async (stage) => {
    const before = late(await scrapeAll(stage.dataFolder));
    await leaveReplayUnfinished(stage);
    const { clock, control } = stage.experiment;
    const since = clock.monotonic();
    await becomesTrue("the replay has waited for too long", async () => {
      return clock.monotonic() - since > LONG_SECONDS * 1000;
    });
    await control.resetLinks();
    await becomes(
      "it is reconciled, late",
      async () => late(await scrapeAll(stage.dataFolder)),
      (now) => now > before,
    );
  },
  end: async () => {},
};

/** Replays that took longer than they may here. */
export function late(scrapes: readonly Scrape[]): number {
  return lateOf(scrapes, "meridian_reconciliation_seconds", String(LONG_SECONDS));
}

async function leaveReplayUnfinished(stage: Stage): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const witness = await fork(stage, ORDERS * 2 ** tries);
    if (await interruptReplay(stage, witness)) return;
    await stage.experiment.control.resetLinks();
    await becomesTrue("the replay that was not interrupted ends", () => stage.isReconciled());
    const home = `promote ${SHARD} ${regionOf(stage.experiment)}`;
    await becomesTrue(home, async () => (await stage.ops(home)).code === 0);
  }
  throw new Error(`${TRIES_MAX} replays had ended before they were interrupted`);
}

/** Resolves with a trader of the side that goes on. */
async function fork(stage: Stage, orders: number): Promise<TestTrader> {
  const { control } = stage.experiment;
  const owner = regionOf(stage.experiment);
  const [seller, here, there] = [await stage.newTrader(), await stage.newTrader(), await stage.newTrader()];
  await becomesTrue("an offer rests", async () => (await trade(seller, "SELL", "GTC")).status === 200);
  // It came behind the funds of all three: who has it has those.
  seller.url = await stage.gatewayOf(ELSEWHERE);
  await becomesTrue(`${ELSEWHERE} has the offer`, async () => {
    const { body } = await seller.get("/api/v3/openOrders", { symbol: SYMBOL });
    return Array.isArray(body) && body.length > 0;
  });
  const isolation = allExperiments().find(({ name }) => name === "isolate-owner");
  await isolation?.hurt(stage.experiment);
  const routes = async () =>
    (await control.status()).regions.map(({ region, observation }) => {
      const shard = observation?.shards.find(({ shard: name }) => name === SHARD);
      return { region, route: shard?.route };
    });
  const stands = (isHere: boolean, route: string) =>
    becomes(`${SHARD} is ${route}`, routes, (all) =>
      all.some((one) => (one.region === owner) === isHere && one.route === route),
    );
  await stands(true, "fork");
  await stands(false, "own");
  // The fork's, and the canonical side's.
  here.url = await stage.gatewayOf(owner);
  there.url = await stage.gatewayOf(ELSEWHERE);
  for (const buyer of [here, there]) {
    // Whether it was taken is asked for: an answer may be late on a machine that is busy.
    const named = { newClientOrderId: "the-offer" };
    await becomesTrue("a buyer has the offer", async () => {
      await trade(buyer, "BUY", "IOC", named);
      const asked = { symbol: SYMBOL, origClientOrderId: named.newClientOrderId };
      return (await buyer.get("/api/v3/order", asked)).body.status === "FILLED";
    });
  }
  await Promise.all(Array.from({ length: orders }, () => trade(here, "BUY", "IOC")));
  return there;
}

/** One lot and price for all; immediate ones leave nothing behind. */
function trade(
  trader: TestTrader,
  side: "BUY" | "SELL",
  timeInForce: "GTC" | "IOC",
  named: Record<string, string> = {},
) {
  const terms = { symbol: SYMBOL, type: "LIMIT", quantity: "0.01", price: "60000", side, timeInForce };
  return trader.post("/api/v3/order", { ...terms, ...named });
}

/** Heals, and cuts again as soon as another Region has seen the replay begin; false if it had ended by then. */
async function interruptReplay(stage: Stage, witness: TestTrader): Promise<boolean> {
  const { dataFolder, experiment } = stage;
  const [owner = "", ...others] = experiment.regions;
  const change = async (isCut: boolean) => {
    for (const other of others)
      for (const [from, to] of [
        [owner, other],
        [other, owner],
      ] as const)
        await experiment.control.changeLink({ from, to }, { isCut, delayMs: SLOW_MS });
  };
  const sight = async () => {
    const scrapes = (await scrapeAll(dataFolder)).filter(({ process }) => others.includes(process));
    return {
      open: scrapes.filter((one) => isReplaying(one, SHARD)).length,
      ended: scrapes.reduce((sum, one) => sum + replaysEnded(one), 0),
    };
  };
  const before = await sight();
  await change(false);
  const seen = await becomes(
    "another Region sees the replay begin",
    sight,
    ({ open, ended }) => open > 0 || ended > before.ended,
  );
  if (seen.ended > before.ended) return false;
  await change(true);
  // What had come to the new owner before the cut is folded before this is, and then told to all on its side.
  await becomesTrue(
    "the other side goes on",
    async () => (await trade(witness, "BUY", "IOC")).status === 200,
  );
  const stands = await becomes(
    "the other Regions agree",
    sight,
    ({ open, ended }) => open === others.length || ended > before.ended,
  );
  return stands.ended === before.ended;
}

/** Those of the shard that it is about: the owner's other shards fork too, and have nothing to replay. */
function replaysEnded({ samples = [] }: Scrape): number {
  const ended = samples.find(
    ({ name, labels }) => name === "meridian_reconciliation_seconds_count" && labels.shard === SHARD,
  );
  return ended?.value ?? 0;
}

/** A Region has seen a replay begin, and not end; of one shard, or of any. */
export function isReplaying({ samples = [] }: Scrape, shard?: string): boolean {
  return samples.some(
    ({ name, labels, value }) =>
      name === "meridian_reconciliations_open" && value > 0 && (shard ?? labels.shard) === labels.shard,
  );
}
