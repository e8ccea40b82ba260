import { expect } from "chai";
import { describe, it } from "mocha";
import type {
  AccountId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  OrderListId,
  Seq,
  ShardId,
} from "#shared/domain/ids.ts";
import type { ProjectionBatch, Projections } from "#shared/ports/projections.ts";
import type { Adapters } from "./support/adapters.ts";
import { failureOf } from "./support/failure-of.ts";
import { storesOf } from "./support/places.ts";
import {
  ETHUSDT,
  sampleBatch,
  sampleCandle,
  sampleOrder,
  sampleOrderList,
  samplePreventedMatch,
  sampleTrade,
} from "./support/sample-rows.ts";

const SHARD = "shard-1" as ShardId;
const BTCUSDT = "BTCUSDT" as MarketId;
const BRANCH = "us-east-1.1" as BranchId;
const account = (id: number) => id as AccountId;

/** What every `Projections` promises (shared/ports/projections.ts). */
export function projectionsContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "projections">,
): void {
  describe(`the Orders, order lists, Trades, prevented matches and candles tables (${adapters.world})`, () => {
    const stores = storesOf(adapters, adapters.projections.open);

    it("stand at position 0 at first and are empty", async () => {
      const tables = await stores.fresh();
      expect(tables.position(SHARD)).to.equal(0);
      expect(await tables.order(1 as OrderId)).to.equal(undefined);
      expect(await tables.orderList(1 as OrderListId)).to.equal(undefined);
      expect(await listsOf(tables)).to.deep.equal([]);
      expect(await matchesOf(tables)).to.deep.equal([]);
      expect(await tables.trades({ market: BTCUSDT, limit: 10 })).to.deep.equal([]);
      expect(await tables.candles({ market: BTCUSDT, limit: 10 })).to.deep.equal([]);
    });

    it("have all of a batch after they were closed and opened again, and the position with it", async () => {
      const place = await stores.place();
      const first = await stores.open(place);
      await first.commit(sampleBatch(5, 3));
      await first.close();
      await first.close();
      const tables = await stores.open(place);
      expect(tables.position(SHARD)).to.equal(5);
      expect(tables.position("shard-2" as ShardId)).to.equal(0);
      const { orders, orderLists, trades, preventedMatches, candles } = sampleBatch(5, 3);
      expect(await ordersOf(tables)).to.deep.equal(orders);
      expect(await listsOf(tables)).to.deep.equal(orderLists);
      expect(await matchesOf(tables)).to.deep.equal(preventedMatches);
      expect(await tables.trades({ market: BTCUSDT, limit: 10 })).to.deep.equal(trades);
      expect(await tables.candles({ market: BTCUSDT, limit: 10 })).to.deep.equal(candles);
    });

    it("go forward only: a batch at or below the position changes nothing", async () => {
      const tables = await stores.fresh();
      await tables.commit(batch(10, { orders: [sampleOrder(1, 10, { executed: 3 })] }));
      for (const seq of [10, 9, 1]) {
        await tables.commit(
          batch(seq, {
            orders: [sampleOrder(1, 99), sampleOrder(2, seq)],
            orderLists: [sampleOrderList(1, 99)],
            trades: [sampleTrade(1, seq)],
            preventedMatches: [samplePreventedMatch(1, seq)],
          }),
        );
      }
      expect(await listsOf(tables)).to.deep.equal([]);
      expect(await matchesOf(tables)).to.deep.equal([]);
      expect(await ordersOf(tables)).to.deep.equal([sampleOrder(1, 10, { executed: 3 })]);
      expect(await tables.trades({ market: BTCUSDT, limit: 10 })).to.deep.equal([]);
      expect(tables.position(SHARD)).to.equal(10);
    });

    it("replace an order's row only by one of a higher seq", async () => {
      const tables = await stores.fresh();
      await tables.commit(batch(10, { orders: [sampleOrder(1, 10, { status: "FILLED", executed: 7 })] }));
      await tables.commit(batch(11, { orders: [sampleOrder(1, 9, { status: "NEW" })] }));
      expect((await tables.order(1 as OrderId))?.status).to.equal("FILLED");
      await tables.commit(batch(12, { orders: [sampleOrder(1, 10, { status: "NEW" })] }));
      expect((await tables.order(1 as OrderId))?.status).to.equal("FILLED");
      await tables.commit(batch(13, { orders: [sampleOrder(1, 13, { status: "CANCELED" })] }));
      expect((await tables.order(1 as OrderId))?.status).to.equal("CANCELED");
      expect(tables.position(SHARD)).to.equal(13);
    });

    it("keep an order's command id when a row comes without one", async () => {
      const tables = await stores.fresh();
      const order = sampleOrder(1, 5);
      await tables.commit(batch(5, { orders: [order] }));
      await tables.commit(
        batch(6, { orders: [{ ...order, executed: 2, commandId: "" as CommandId, seq: 6 as Seq }] }),
      );
      expect(await ordersOf(tables)).to.deep.equal([{ ...order, executed: 2, seq: 6 }]);
    });

    it("replace an order list's row only by one of a higher seq", async () => {
      const tables = await stores.fresh();
      await tables.commit(batch(10, { orderLists: [sampleOrderList(1, 10)] }));
      const done = sampleOrderList(1, 12, { isDone: true });
      await tables.commit(batch(12, { orderLists: [done] }));
      expect(await tables.orderList(1 as OrderListId)).to.deep.equal(done);
      for (const seq of [12, 11]) {
        await tables.commit(batch(20 + seq, { orderLists: [sampleOrderList(1, seq)] }));
        expect(await tables.orderList(1 as OrderListId)).to.deep.equal(done);
      }
    });

    it("keep a prevented match as it was first written, each once", async () => {
      const tables = await stores.fresh();
      await tables.commit(batch(1, { preventedMatches: [samplePreventedMatch(1, 1)] }));
      const again = samplePreventedMatch(1, 2, { price: 777 });
      await tables.commit(batch(2, { preventedMatches: [again, samplePreventedMatch(2, 2)] }));
      expect(await matchesOf(tables)).to.deep.equal([samplePreventedMatch(1, 1), samplePreventedMatch(2, 2)]);
    });

    it("take a batch whole or not at all", async () => {
      const tables = await stores.fresh();
      await tables.commit(batch(1, { orders: [sampleOrder(1, 1)] }));
      const broken = batch(2, {
        orders: [sampleOrder(1, 2, { status: "FILLED" }), sampleOrder(2, 2)],
        orderLists: [sampleOrderList(1, 2)],
        trades: [sampleTrade(1, 2), { ...sampleTrade(2, 2), price: 1.5 }],
        preventedMatches: [samplePreventedMatch(1, 2)],
      });
      expect(await failureOf(tables.commit(broken))).to.be.instanceOf(Error);
      expect(tables.position(SHARD)).to.equal(1);
      expect(await ordersOf(tables)).to.deep.equal([sampleOrder(1, 1)]);
      expect(await listsOf(tables)).to.deep.equal([]);
      expect(await tables.trades({ market: BTCUSDT, limit: 10 })).to.deep.equal([]);
      expect(await matchesOf(tables)).to.deep.equal([]);
      await tables.commit(batch(2, { orders: [sampleOrder(2, 2)] }));
      expect(tables.position(SHARD), "and go on afterwards").to.equal(2);
    });

    it("keep a trade as it was first written, and the last state of a candle", async () => {
      const tables = await stores.fresh();
      await tables.commit(batch(1, { trades: [sampleTrade(1, 1)], candles: [sampleCandle(0, 5)] }));
      const again = { ...sampleTrade(1, 2), price: 777 };
      await tables.commit(batch(2, { trades: [again], candles: [sampleCandle(0, 9)] }));
      expect(await tables.trades({ market: BTCUSDT, limit: 10 })).to.deep.equal([sampleTrade(1, 1)]);
      expect(await tables.candles({ market: BTCUSDT, limit: 10 })).to.deep.equal([sampleCandle(0, 9)]);
    });

    it("move each shard's position by itself", async () => {
      const tables = await stores.fresh();
      const other = "shard-2" as ShardId;
      await tables.commit(batch(100, { orders: [sampleOrder(1, 100)] }));
      await tables.commit({ ...batch(3, { orders: [sampleOrder(2, 3)] }), shard: other });
      expect([tables.position(SHARD), tables.position(other)]).to.deep.equal([100, 3]);
      expect(await ordersOf(tables)).to.have.length(2);
    });

    it("find an order by either id; of a client order id that came again the newest", async () => {
      const tables = await stores.fresh();
      const orders = [
        sampleOrder(1, 1, { clientOrderId: "a" }),
        sampleOrder(2, 1, { clientOrderId: "a" }),
        sampleOrder(3, 1, { clientOrderId: "a", account: account(2) }),
        sampleOrder(4, 1, { clientOrderId: "a", market: ETHUSDT }),
      ];
      await tables.commit(batch(1, { orders }));
      expect((await tables.orderByClientId(account(1), BTCUSDT, "a"))?.orderId).to.equal(2);
      expect((await tables.orderByClientId(account(2), BTCUSDT, "a"))?.orderId).to.equal(3);
      expect((await tables.orderByClientId(account(1), ETHUSDT, "a"))?.orderId).to.equal(4);
      expect(await tables.orderByClientId(account(1), BTCUSDT, "b")).to.equal(undefined);
      expect((await tables.order(4 as OrderId))?.market).to.equal(ETHUSDT);
    });

    it("page orders: the newest without a start, forward with one, bounds inclusive, own account and market only", async () => {
      const tables = await stores.fresh();
      const own = Array.from({ length: 10 }, (_, at) => sampleOrder(at + 1, 1, { time: 100 + at }));
      const others = [sampleOrder(21, 1, { account: account(2) }), sampleOrder(22, 1, { market: ETHUSDT })];
      await tables.commit(batch(1, { orders: [...own.toReversed(), ...others] }));
      const ids = async (query: Partial<Parameters<Projections["orders"]>[0]>) => {
        const rows = await tables.orders({ account: account(1), market: BTCUSDT, limit: 3, ...query });
        return rows.map(({ orderId }) => orderId);
      };
      expect(await ids({})).to.deep.equal([8, 9, 10]);
      expect(await ids({ limit: 100 })).to.have.length(10);
      expect(await ids({ fromOrderId: 4 })).to.deep.equal([4, 5, 6]);
      expect(await ids({ startTime: 102 })).to.deep.equal([3, 4, 5]);
      expect(await ids({ endTime: 104 })).to.deep.equal([3, 4, 5]);
      expect(await ids({ startTime: 108, endTime: 108 })).to.deep.equal([9]);
      expect(await ids({ fromOrderId: 11 })).to.deep.equal([]);
    });

    it("find an order list by either id, of any market; of an id that came again the newest", async () => {
      const tables = await stores.fresh();
      const orderLists = [
        sampleOrderList(10, 1, { listClientOrderId: "a" }),
        sampleOrderList(20, 1, { listClientOrderId: "a", market: ETHUSDT, contingency: "OTOCO" }),
        sampleOrderList(30, 1, { listClientOrderId: "a", account: account(2) }),
      ];
      await tables.commit(batch(1, { orderLists }));
      expect(await tables.orderListByClientId(account(1), "a")).to.deep.equal(orderLists[1]);
      expect((await tables.orderListByClientId(account(2), "a"))?.listId).to.equal(30);
      expect(await tables.orderListByClientId(account(1), "b")).to.equal(undefined);
      expect(await tables.orderList(10 as OrderListId)).to.deep.equal(orderLists[0]);
    });

    it("page order lists of all markets: the newest without a start, forward with one, bounds inclusive, own account only", async () => {
      const tables = await stores.fresh();
      const own = Array.from({ length: 10 }, (_, at) =>
        sampleOrderList(at + 1, 1, { time: 100 + at, market: at % 2 === 0 ? BTCUSDT : ETHUSDT }),
      );
      const others = [sampleOrderList(21, 1, { account: account(2) })];
      await tables.commit(batch(1, { orderLists: [...own.toReversed(), ...others] }));
      const ids = async (query: Partial<Parameters<Projections["orderLists"]>[0]>) => {
        const rows = await tables.orderLists({ account: account(1), limit: 3, ...query });
        return rows.map(({ listId }) => listId);
      };
      expect(await ids({})).to.deep.equal([8, 9, 10]);
      expect(await ids({ limit: 100 })).to.have.length(10);
      expect(await ids({ fromListId: 4 })).to.deep.equal([4, 5, 6]);
      expect(await ids({ startTime: 102 })).to.deep.equal([3, 4, 5]);
      expect(await ids({ endTime: 104 })).to.deep.equal([3, 4, 5]);
      expect(await ids({ startTime: 108, endTime: 108 })).to.deep.equal([9]);
      expect(await ids({ fromListId: 11 })).to.deep.equal([]);
    });

    it("page prevented matches forward: an account's in a market, one, or an order's as maker or taker", async () => {
      const tables = await stores.fresh();
      const preventedMatches = [
        samplePreventedMatch(1, 1),
        samplePreventedMatch(2, 1, { makerOrderId: 77 as OrderId }),
        samplePreventedMatch(3, 1, { takerOrderId: 77 as OrderId }),
        samplePreventedMatch(4, 1, { account: account(2) }),
        samplePreventedMatch(5, 1),
        samplePreventedMatch(1, 1, { market: ETHUSDT }),
      ];
      await tables.commit(batch(1, { preventedMatches: preventedMatches.toReversed() }));
      const ids = async (query: Partial<Parameters<Projections["preventedMatches"]>[0]>) => {
        const rows = await tables.preventedMatches({
          account: account(1),
          market: BTCUSDT,
          limit: 3,
          ...query,
        });
        return rows.map(({ preventedMatchId }) => preventedMatchId);
      };
      expect(await ids({})).to.deep.equal([1, 2, 3]);
      expect(await ids({ limit: 100 })).to.deep.equal([1, 2, 3, 5]);
      expect(await ids({ fromPreventedMatchId: 3 })).to.deep.equal([3, 5]);
      expect(await ids({ preventedMatchId: 2 })).to.deep.equal([2]);
      expect(await ids({ preventedMatchId: 4 }), "another's").to.deep.equal([]);
      expect(await ids({ orderId: 77 as OrderId })).to.deep.equal([2, 3]);
      expect(await ids({ orderId: 77 as OrderId, fromPreventedMatchId: 3 })).to.deep.equal([3]);
      expect(await ids({ market: ETHUSDT })).to.deep.equal([1]);
    });

    it("page trades: public ones, an account's as maker or taker, an order's, each once", async () => {
      const tables = await stores.fresh();
      const trades = [
        sampleTrade(1, 1, { makerAccount: account(1), takerAccount: account(2) }),
        sampleTrade(2, 1, {
          makerAccount: account(2),
          takerAccount: account(1),
          makerOrderId: 77 as OrderId,
        }),
        sampleTrade(3, 1, {
          makerAccount: account(1),
          takerAccount: account(1),
          takerOrderId: 77 as OrderId,
        }),
        sampleTrade(4, 1, { makerAccount: account(2), takerAccount: account(3) }),
        sampleTrade(5, 1, { makerAccount: account(1), takerAccount: account(3) }),
        sampleTrade(1, 1, { market: ETHUSDT }),
      ];
      await tables.commit(batch(1, { trades }));
      const ids = async (query: Partial<Parameters<Projections["trades"]>[0]>) => {
        const rows = await tables.trades({ market: BTCUSDT, limit: 3, ...query });
        return rows.map(({ tradeId }) => tradeId);
      };
      expect(await ids({})).to.deep.equal([3, 4, 5]);
      expect(await ids({ fromTradeId: 2 })).to.deep.equal([2, 3, 4]);
      expect(await ids({ account: account(1) })).to.deep.equal([2, 3, 5]);
      expect(await ids({ account: account(1), fromTradeId: 1 })).to.deep.equal([1, 2, 3]);
      expect(await ids({ account: account(1), orderId: 77 as OrderId })).to.deep.equal([3]);
      expect(await ids({ orderId: 77 as OrderId })).to.deep.equal([2, 3]);
      expect(await ids({ account: account(9) })).to.deep.equal([]);
      const [first] = trades;
      const time = first?.time ?? 0;
      expect(await ids({ startTime: time, endTime: time })).to.deep.equal([1]);
    });

    it("page candles by open time, the newest without a start", async () => {
      const tables = await stores.fresh();
      const candles = [0, 1, 3, 4].map((minute) => sampleCandle(minute, 1));
      await tables.commit(batch(1, { candles: candles.toReversed() }));
      const times = async (query: Partial<Parameters<Projections["candles"]>[0]>) => {
        const rows = await tables.candles({ market: BTCUSDT, limit: 2, ...query });
        return rows.map(({ openTime }) => openTime / 60_000);
      };
      expect(await times({})).to.deep.equal([3, 4]);
      expect(await times({ startTime: 0 })).to.deep.equal([0, 1]);
      expect(await times({ startTime: 60_000, endTime: 180_000, limit: 9 })).to.deep.equal([1, 3]);
      expect(await times({ endTime: 60_000 })).to.deep.equal([0, 1]);
    });
  });
}

function batch(seq: number, rows: Partial<ProjectionBatch>): ProjectionBatch {
  const none = { orders: [], orderLists: [], merged: [], trades: [], preventedMatches: [], candles: [] };
  return { shard: SHARD, branch: BRANCH, seq: seq as Seq, finalSeq: 0, ...none, ...rows };
}

function ordersOf(tables: Projections) {
  return tables.orders({ account: account(1), market: BTCUSDT, limit: 100 });
}

function listsOf(tables: Projections) {
  return tables.orderLists({ account: account(1), limit: 100 });
}

function matchesOf(tables: Projections) {
  return tables.preventedMatches({ account: account(1), market: BTCUSDT, limit: 100 });
}
