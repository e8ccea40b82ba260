import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import type { RegionView } from "#services/gateway/views/region-view.ts";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { openSqliteLogCopies } from "#shared/adapters/embedded/sqlite-log-copies.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Event, Outcome } from "#shared/domain/event.ts";
import type { AccountId, BranchId, CommandId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { type ForkSpan, type LineageSpan, ROOT_BRANCH, type TapePlan } from "#shared/domain/lineage.ts";
import type { Projections } from "#shared/ports/projections.ts";
import { type FoldStores, openFoldStores, startFoldedRegion } from "#test/support/folded-region.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { type Stream, unroll } from "./command-streams.ts";

const SHARD = "shard-1" as ShardId;
const [VIRGINIA, IRELAND, TOKYO] = ["us-east-1", "eu-west-1", "ap-northeast-1"].map(
  (name) => name as RegionId,
) as [RegionId, RegionId, RegionId];
const [REIGN, FORK, NEXT] = ["us-east-1.1", "eu-west-1.1", "ap-northeast-1.1"] as [
  BranchId,
  BranchId,
  BranchId,
];
const LIMIT = 1_000_000;
const DAY_MS = 24 * 60 * 60_000;

describe("a Region whose tape goes back", function () {
  this.timeout(300_000);

  it("has journal, state, tables, feed and view in the end as one that always followed the last plan, whatever was in between", async () => {
    const seen = { rewinds: 0, superseded: 0, restarts: 0, trades: 0 };
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const random = seededRandom(seed);
        const steps = Array.from({ length: 160 }, () => random.below(2 ** 31));
        const stream = unroll(random.below(2 ** 31), steps);
        const reign = stream.length - random.below(60);
        const forkAt = 1 + random.below(reign);
        const cutAt = 1 + random.below(reign);
        const snapshotCommands = 10 + random.below(40);
        const finalAt = random.below(Math.min(forkAt, cutAt) + 1);
        const some = (of: Stream) => of.filter(() => random.below(8) > 0);

        const log = openSqliteCommandLog({ file: ":memory:" });
        const copies = openSqliteLogCopies({ file: ":memory:" });
        const lineage = [span(1, REIGN, VIRGINIA, 0)];
        const fork: ForkSpan = { branch: FORK, parent: REIGN, parentSeq: forkAt as Seq, start: 0 };
        const healed = [...lineage, span(2, NEXT, TOKYO, cutAt)];
        const plans: TapePlan[] = [
          { shard: SHARD, lineage, fork: undefined },
          { shard: SHARD, lineage, fork },
          { shard: SHARD, lineage: healed, fork: undefined },
        ];
        const options = { shard: SHARD, self: IRELAND, log, copies, snapshotCommands };
        const stores = openFoldStores();
        const start = (plan: TapePlan) =>
          startFoldedRegion({ ...options, plan, finalSeq: () => finalAt }, stores);
        let region = await start(plans[0] as TapePlan);
        const pause = async () => {
          if (random.below(2) === 0) await region.settled();
          else for (let turns = random.below(40); turns > 0; turns--) await nextTurn();
        };
        const restart = async (plan: TapePlan) => {
          seen.rewinds += region.rewinds();
          seen.restarts++;
          await region.stop();
          region = await start(plan);
        };

        const recordsOf = (
          branch: BranchId,
          parent: BranchId,
          parentSeq: number,
          epoch: number,
          commands: Stream,
        ) => [
          started(branch, parent, parentSeq, epoch),
          ...commands.map((envelope) => encoded(envelope, branch)),
        ];
        // The first record takes seq 1, so the reign's seq n is command n - 1 of the stream.
        const first = recordsOf(REIGN, ROOT_BRANCH, 0, 1, stream.slice(0, reign - 1));
        await copies.append(SHARD, VIRGINIA, numbered(first));
        await pause();
        const inFork = recordsOf(FORK, REIGN, forkAt, 1, some(stream.slice(forkAt - 1)));
        if (random.below(5) > 0) {
          if (random.below(3) === 0) await restart(plans[1] as TapePlan);
          else region.tape.setPlan(plans[1] as TapePlan);
          for (const bytes of inFork) await log.append(bytes);
          await pause();
        }
        const second = recordsOf(NEXT, REIGN, cutAt, 2, some(stream.slice(cutAt - 1)));
        const half = random.below(second.length + 1);
        await copies.append(SHARD, TOKYO, numbered(second).slice(0, half));
        if (random.below(3) === 0) await restart(plans[2] as TapePlan);
        else region.tape.setPlan(plans[2] as TapePlan);
        await copies.append(SHARD, TOKYO, numbered(second).slice(half));
        await region.settled();

        const otherStores = openFoldStores();
        const other = await startFoldedRegion(
          { ...options, plan: plans[2] as TapePlan, finalSeq: () => Number.POSITIVE_INFINITY },
          otherStores,
        );
        await other.settled();
        const outcomes = await stores.journal.read(0, LIMIT);
        expect(outcomes).to.deep.equal(await otherStores.journal.read(0, LIMIT));
        expect(region.heard).to.deep.equal(outcomes);
        expect(region.matching.digest()).to.equal(other.matching.digest());
        const { projections } = stores;
        const tables = await contentOf(projections, outcomes, other.matching.state());
        expect(tables).to.deep.equal(
          await contentOf(otherStores.projections, outcomes, other.matching.state()),
        );
        expect(shown(await region.view(), outcomes)).to.deep.equal(shown(await other.view(), outcomes));
        await expectSuperseded(stores, outcomes, other.matching.state());

        seen.rewinds += region.rewinds();
        seen.trades += tables.trades.length;
        seen.superseded += (await supersededTrades(projections, other.matching.state())).length;
        await region.stop();
        await other.stop();
        await log.close();
        await copies.close();
        for (const one of [stores, otherStores]) for (const store of Object.values(one)) await store.close();
      }),
      { seed: SEED, numRuns: 30 },
    );
    expect(seen.rewinds).to.be.greaterThan(20);
    expect(seen.restarts).to.be.greaterThan(10);
    expect(seen.trades).to.be.greaterThan(100);
    expect(seen.superseded).to.be.greaterThan(100);
  });
});

/** What was traded in branches that were taken back is told as superseded, each trade once, and none that stands. */
async function expectSuperseded(
  { journal, projections }: FoldStores,
  outcomes: readonly Outcome[],
  state: EngineState,
) {
  const stands = new Set(outcomes.map(({ branch, seq }) => `${branch} ${seq}`));
  const wanted: string[] = [];
  for (const branch of [REIGN, FORK, NEXT])
    for (const { seq, events } of await journal.readSuperseded(branch, 0, LIMIT))
      for (const event of events)
        if (event.kind === "Trade" && !stands.has(`${branch} ${seq}`))
          wanted.push(`${branch} ${seq} ${event.market} ${event.tradeId}`);
  const kept = (await supersededTrades(projections, state)).map(
    ({ branch, seq, market, tradeId }) => `${branch} ${seq} ${market} ${tradeId}`,
  );
  for (const trade of kept) expect(wanted, "it was traded, and taken back").to.include(trade);
  expect(new Set(kept).size).to.equal(kept.length);
}

async function supersededTrades(projections: Projections, state: EngineState) {
  const markets = state.markets.map(({ market }) => market.id);
  const trades = markets.map((market) =>
    projections.trades({ market, state: "superseded", fromTradeId: 1, limit: LIMIT }),
  );
  return (await Promise.all(trades)).flat();
}

/** All that the tables hold. */
async function contentOf(projections: Projections, outcomes: readonly Outcome[], state: EngineState) {
  const markets = state.markets.map(({ market }) => market.id);
  const accounts = accountsOf(outcomes);
  const inMarkets = async <T>(read: (market: (typeof markets)[number]) => Promise<readonly T[]>) =>
    (await Promise.all(markets.map(read))).flat();
  const ofAccounts = async <T>(read: (account: AccountId) => Promise<readonly T[]>) =>
    (await Promise.all(accounts.map(read))).flat();
  return {
    orders: await ofAccounts((account) =>
      inMarkets((market) => projections.orders({ account, market, limit: LIMIT })),
    ),
    orderLists: await ofAccounts((account) => projections.orderLists({ account, limit: LIMIT })),
    preventedMatches: await ofAccounts((account) =>
      inMarkets((market) => projections.preventedMatches({ account, market, limit: LIMIT })),
    ),
    trades: await inMarkets((market) => projections.trades({ market, limit: LIMIT })),
    candles: await inMarkets((market) => projections.candles({ market, limit: LIMIT })),
    stand: projections.stand(SHARD),
  };
}

/** What a gateway shows. */
function shown(view: RegionView, outcomes: readonly Outcome[]) {
  const accounts = accountsOf(outcomes);
  return {
    place: [view.branch, view.seq, view.time],
    markets: view.markets().map(({ id }) => ({
      id,
      state: view.tradingState(id),
      levels: [view.levels(id, "BUY", LIMIT), view.levels(id, "SELL", LIMIT), view.lastUpdateId(id)],
      trades: view.recentTrades(id, 1000),
      // Older ones are let go of at the next trade.
      candles: view.recentCandles(id).filter(({ openTime }) => openTime > view.time - DAY_MS),
      auction: view.indicativeAuction(id),
    })),
    accounts: accounts.map((account) => [
      view.balances(account),
      // A view knows of an order since when it last changed only as far as it has seen it.
      view
        .openOrders(account)
        .map(({ updateTime: _time, seq: _seq, quoteQuantity: _quote, commandId: _id, ...order }) => order),
      view.openOrderLists(account).map(({ updateTime: _time, seq: _seq, ...list }) => list),
    ]),
  };
}

function accountsOf(outcomes: readonly Outcome[]): AccountId[] {
  const accounts = outcomes.flatMap(({ events }) =>
    events.flatMap((event: Event) => ("account" in event ? [event.account] : [])),
  );
  return [...new Set(accounts)].sort((a, b) => a - b);
}

function span(epoch: number, branch: BranchId, owner: RegionId, parentSeq: number): LineageSpan {
  return { epoch, branch, owner, parentSeq: parentSeq as Seq, start: 0, cutDigest: "" };
}

function started(branch: BranchId, parent: BranchId, parentSeq: number, epoch: number): Uint8Array {
  const provisional = branch === FORK;
  const command = {
    kind: "BranchStarted",
    branch,
    parent,
    parentSeq: parentSeq as Seq,
    epoch,
    provisional,
  } as const;
  return encodeCommand({ commandId: "0".repeat(32) as CommandId, branch, validUntil: 0, command });
}

/** A command of a stream as it is meant for a branch. */
function encoded(envelope: Stream[number], branch: BranchId): Uint8Array {
  return envelope === null ? new Uint8Array([255, 1, 2]) : encodeCommand({ ...envelope, branch });
}

function numbered(records: readonly Uint8Array[]) {
  return records.map((bytes, at) => ({ position: at + 1, bytes }));
}
