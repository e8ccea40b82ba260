import { expect } from "chai";
import { describe, it } from "mocha";
import type { AccountId, BranchId, MarketId, OrderId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { BranchRun } from "#shared/ports/journal.ts";
import type { ProjectionBatch, Projections } from "#shared/ports/projections.ts";
import { withTrade } from "#shared/read-model/candle-folder.ts";
import type { Adapters } from "./support/adapters.ts";
import { failureOf } from "./support/failure-of.ts";
import { storesOf } from "./support/places.ts";
import {
  sampleBatch,
  sampleCandle,
  sampleOrder,
  sampleOrderList,
  samplePreventedMatch,
  sampleTrade,
} from "./support/sample-rows.ts";

const SHARD = "shard-1" as ShardId;
const BTCUSDT = "BTCUSDT" as MarketId;
const [BRANCH, FORK, NEXT] = ["us-east-1.1", "eu-west-1.1", "us-east-1.2"] as [BranchId, BranchId, BranchId];

/** What every `Projections` promises of going back (shared/ports/projections.ts). */
export function projectionsRewindContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "projections">,
): void {
  describe(`the tables, when the tape goes back (${adapters.world})`, () => {
    const stores = storesOf(adapters, adapters.projections.open);

    it("go back to the newest seq at which they stood on a history; trades beyond are kept as superseded", async () => {
      const place = await stores.place();
      const tables = await stores.open(place);
      const before = sampleOrder(1, 5);
      const list = sampleOrderList(10, 5);
      const other = { ...sampleBatch(9, 2), shard: "shard-2" as ShardId };
      const elsewhere = { ...other, trades: [], preventedMatches: [], candles: [] };
      await tables.commit(elsewhere);
      const [kept, gone] = [tradeAt(1, 5, 90_000), tradeAt(2, 12, 100_000, FORK)];
      await tables.commit(
        batch(5, {
          orders: [before],
          orderLists: [list],
          trades: [kept],
          candles: [withTrade(undefined, kept, kept.time)],
        }),
      );
      await tables.commit(batch(8, { preventedMatches: [samplePreventedMatch(1, 8)] }));
      await tables.commit(
        batch(12, {
          branch: FORK,
          orders: [{ ...before, executed: 5, seq: 12 as Seq }, sampleOrder(2, 12)],
          orderLists: [{ ...list, isDone: true, seq: 12 as Seq }],
          trades: [gone],
          preventedMatches: [samplePreventedMatch(2, 12)],
          candles: [sampleCandle(1, 2)],
        }),
      );
      await tables.commit(batch(13, { branch: FORK, orders: [{ ...before, executed: 7, seq: 13 as Seq }] }));
      expect(tables.stand(SHARD)).to.deep.equal({ branch: FORK, seq: 13 });
      expect(await tables.rewind(SHARD, [run(BRANCH, 1, 9)])).to.equal(8);
      await tables.close();
      const again = await stores.open(place);
      expect(again.stand(SHARD)).to.deep.equal({ branch: BRANCH, seq: 8 });
      expect(await again.orderList(list.listId)).to.deep.equal(list);
      expect(await matchesOf(again)).to.deep.equal([samplePreventedMatch(1, 8)]);
      expect(await again.order(1 as OrderId)).to.deep.equal(before);
      expect(await again.order(2 as OrderId)).to.equal(undefined);
      expect(await again.trades({ market: BTCUSDT, limit: 9 })).to.deep.equal([kept]);
      expect(await again.trades({ market: BTCUSDT, state: "superseded", limit: 9 })).to.deep.equal([gone]);
      const [candle] = await again.candles({ market: BTCUSDT, limit: 9 });
      expect(candle).to.include({ openTime: 60_000, trades: 1, lastTradeId: 1, volume: kept.quantity });
      expect(again.position("shard-2" as ShardId), "another shard stays").to.equal(9);
      const takenAnew = tradeAt(2, 10, 110_000, NEXT);
      await again.commit(batch(10, { branch: NEXT, trades: [takenAnew] }));
      expect(await again.trades({ market: BTCUSDT, limit: 9 })).to.deep.equal([kept, takenAnew]);
    });

    it("stay where they are on a history that holds that place, and at the beginning", async () => {
      const tables = await stores.fresh();
      expect(await tables.rewind(SHARD, [])).to.equal(0);
      await tables.commit(batch(5, { orders: [sampleOrder(1, 5)] }));
      expect(await tables.rewind(SHARD, [run(BRANCH, 3, 5), run(FORK, 6, 9)])).to.equal(5);
      expect(await ordersOf(tables)).to.have.length(1);
      expect(await tables.rewind(SHARD, []), "all of it").to.equal(0);
      expect(await ordersOf(tables)).to.deep.equal([]);
    });

    it("keep no trade beyond the place that they went back to, be it on that history or not: the history may change again before it is written anew", async () => {
      const tables = await stores.fresh();
      const [before, onTape, cutOff] = [tradeAt(1, 5, 90_000), tradeAt(2, 8, 91_000), tradeAt(3, 11, 92_000)];
      await tables.commit(batch(5, { trades: [before] }));
      await tables.commit(batch(12, { trades: [onTape, cutOff] }));
      expect(await tables.rewind(SHARD, [run(BRANCH, 1, 9)])).to.equal(5);
      expect(await tables.trades({ market: BTCUSDT, limit: 9 })).to.deep.equal([before]);
      expect(await tables.rewind(SHARD, [run(BRANCH, 1, 6), run(NEXT, 7, 9)]), "it goes back again").to.equal(
        5,
      );
      const instead = tradeAt(2, 7, 93_000, NEXT);
      await tables.commit(batch(9, { branch: NEXT, trades: [instead] }));
      expect(await tables.trades({ market: BTCUSDT, limit: 9 })).to.deep.equal([before, instead]);
      const superseded = await tables.trades({ market: BTCUSDT, state: "superseded", limit: 9 });
      expect(superseded).to.deep.equal([onTape, cutOff]);
    });

    it("tell of a trade that is written again that it stands, and no more that it was taken back", async () => {
      const tables = await stores.fresh();
      const trade = tradeAt(1, 8, 90_000);
      await tables.commit(batch(5, {}));
      await tables.commit(batch(12, { trades: [trade] }));
      await tables.rewind(SHARD, [run(BRANCH, 1, 9)]);
      await tables.commit(batch(9, { trades: [trade] }));
      expect(await tables.trades({ market: BTCUSDT, limit: 9 })).to.deep.equal([trade]);
      expect(await tables.trades({ market: BTCUSDT, state: "superseded", limit: 9 })).to.deep.equal([]);
    });

    it("never take back what was final", async () => {
      const tables = await stores.fresh();
      await tables.commit(batch(5, { orders: [sampleOrder(1, 5)] }));
      await tables.commit(batch(9, { orders: [sampleOrder(1, 9)], finalSeq: 7 }));
      await tables.commit(batch(12, { orders: [sampleOrder(2, 12)], finalSeq: 9 }));
      expect(await failureOf(tables.rewind(SHARD, [run(BRANCH, 1, 8)]))).to.have.property(
        "name",
        "InvariantViolation",
      );
      expect(tables.position(SHARD)).to.equal(12);
      expect(await tables.rewind(SHARD, [run(BRANCH, 1, 10)])).to.equal(9);
      await tables.commit(batch(20, { finalSeq: 20 }));
      expect(await failureOf(tables.rewind(SHARD, [run(BRANCH, 1, 19)]))).to.be.instanceOf(Error);
    });
  });
}

function run(branch: BranchId, firstSeq: number, lastSeq: number): BranchRun {
  return { branch, firstSeq: firstSeq as Seq, lastSeq: lastSeq as Seq };
}

function tradeAt(tradeId: number, seq: number, time: number, branch = BRANCH) {
  return sampleTrade(tradeId, seq, { time, branch });
}

function batch(seq: number, rows: Partial<ProjectionBatch>): ProjectionBatch {
  const none = { orders: [], orderLists: [], merged: [], trades: [], preventedMatches: [], candles: [] };
  return { shard: SHARD, branch: BRANCH, seq: seq as Seq, finalSeq: 0, ...none, ...rows };
}

function ordersOf(tables: Projections) {
  return tables.orders({ account: 1 as AccountId, market: BTCUSDT, limit: 100 });
}

function matchesOf(tables: Projections) {
  return tables.preventedMatches({ account: 1 as AccountId, market: BTCUSDT, limit: 100 });
}
