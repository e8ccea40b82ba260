import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { createRegionView } from "#services/gateway/views/create-region-view.ts";
import type { RegionView, ViewUpdate } from "#services/gateway/views/region-view.ts";
import { definitionCommands } from "#services/matching/define-markets.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import type { Command } from "#shared/domain/command.ts";
import type { Engine } from "#shared/domain/engine.ts";
import type { EngineState, MarketState } from "#shared/domain/engine-state.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, AssetId, CommandId, MarketId, OrderId, ShardId } from "#shared/domain/ids.ts";
import { type OpenOrder, type OpenOrderList, SIDES, type Side } from "#shared/domain/order.ts";
import type { OrderListRow, OrderRow } from "#shared/ports/projections.ts";
import { BRANCH, commandStreams } from "#test/property/command-streams.ts";
import { oneShard } from "#test/support/one-shard.ts";

const SHARD = "shard-1" as ShardId;
const ACCOUNTS = [1, 2, 3] as const;

describe("the Region view", () => {
  it("holds the books, balances, open orders, lists and market states of the engine's state, from any point on", () => {
    fc.assert(
      fc.property(commandStreams(120), fc.nat(120), (stream, startAt) => {
        const engine = createEngine(SHARD, BRANCH);
        const views = [viewOf(engine.state())];
        for (const [at, envelope] of stream.entries()) {
          if (at === startAt) views.push(viewOf(engine.state()));
          const events = engine.apply(envelope);
          const commandId: Outcome["commandId"] = envelope?.commandId ?? "";
          const outcome = {
            shard: SHARD,
            branch: BRANCH,
            seq: engine.seq,
            time: engine.time,
            commandId,
            events,
          };
          for (const view of views) view.apply(outcome);
        }
        for (const view of views) expectSame(view, engine.state());
      }),
      { numRuns: 150 },
    );
  });

  it("tells what a call auction would do, as opening the market then does", () => {
    let auctions = 0;
    fc.assert(
      fc.property(
        fc.array(auctionOrders, { minLength: 1, maxLength: 30 }),
        fc.boolean(),
        (orders, hasTraded) => {
          const { fold, view } = startShard();
          const market = "BTCUSDT" as MarketId;
          if (hasTraded) {
            fold(place(9001, 1, "SELL", 10));
            fold(place(9002, 2, "BUY", 10));
          }
          fold({ kind: "SetMarketState", market, state: "BREAK" });
          for (const [at, { side, ...terms }] of orders.entries()) {
            fold({ ...place(at + 1, side === "BUY" ? 1 : 2, side, 10), ...terms } as Command);
          }
          expect(view.tradingState(market)).to.equal("BREAK");
          const told = view.indicativeAuction(market);
          const { events } = fold({ kind: "SetMarketState", market, state: "TRADING" });
          const uncrossed = events.find((event) => event.kind === "AuctionUncrossed");
          expect(told).to.deep.equal(uncrossed && { price: uncrossed.price, quantity: uncrossed.quantity });
          if (told !== undefined) auctions++;
        },
      ),
      { numRuns: 300 },
    );
    expect(auctions, "some books were crossed").to.be.greaterThan(100);
  });

  it("tells every change of an order with the order as it stood right after it", () => {
    const { fold, view, updates } = startShard();
    fold(place(1, 1, "SELL", 10));
    fold(place(2, 2, "BUY", 4));
    fold(place(3, 2, "BUY", 10));
    fold({
      kind: "CancelOrder",
      ...OF(2),
      orderId: 3 as OrderId,
      origClientOrderId: "",
      restriction: "NONE",
    });
    fold(place(4, 2, "BUY", 10_000_000_000));
    const told = updates.map(({ reports }) =>
      reports.map(
        ({ executionType, order }) => `${order.orderId} ${executionType} ${order.status} ${order.executed}`,
      ),
    );
    expect(told).to.deep.equal([
      ["1 NEW NEW 0"],
      ["2 NEW NEW 0", "1 TRADE PARTIALLY_FILLED 4", "2 TRADE FILLED 4"],
      ["3 NEW NEW 0", "1 TRADE FILLED 10", "3 TRADE PARTIALLY_FILLED 6"],
      ["3 CANCELED CANCELED 6"],
      ["4 REJECTED REJECTED 0"],
    ]);
    expect(
      view.order(1 as AccountId, "BTCUSDT" as MarketId, { orderId: 4 }),
      "a refused order is none",
    ).to.equal(undefined);
    expect(view.recentTrades("BTCUSDT" as MarketId, 10).map(({ quantity }) => quantity)).to.deep.equal([
      4, 6,
    ]);
  });

  it("ends an order by self-trade prevention as TRADE_PREVENTION, and one that found nothing as EXPIRED", () => {
    const { fold, updates } = startShard();
    fold(place(1, 1, "SELL", 10));
    fold({ ...place(2, 1, "BUY", 10), selfTradePrevention: "EXPIRE_TAKER" } as Command);
    fold({ ...place(3, 2, "BUY", 10), price: 600_000, timeInForce: "IOC" } as Command);
    const ends = updates.flatMap(({ reports }) => reports.at(-1) ?? []);
    expect(ends.map(({ executionType, order }) => `${executionType} ${order.status}`)).to.deep.equal([
      "NEW NEW",
      "TRADE_PREVENTION EXPIRED_IN_MATCH",
      "EXPIRED EXPIRED",
    ]);
  });

  it("takes an outcome once and refuses a gap", () => {
    const { view, fold } = startShard();
    const first = fold(place(1, 1, "SELL", 10));
    view.apply(first);
    expect(view.openOrders(1 as AccountId)).to.have.length(1);
    expect(() => view.apply({ ...first, seq: (first.seq + 2) as typeof first.seq })).to.throw("cannot take");
  });

  it("finds orders by either id, of their own account only, also lately ended", () => {
    const { view, fold } = startShard();
    fold(place(1, 1, "SELL", 10));
    fold(place(2, 2, "BUY", 10));
    const market = "BTCUSDT" as MarketId;
    for (const key of [{ orderId: 1 }, { clientOrderId: "c1" }]) {
      expect(view.order(1 as AccountId, market, key)?.status).to.equal("FILLED");
      expect(view.order(2 as AccountId, market, key)).to.equal(undefined);
      expect(view.order(1 as AccountId, "ETHBTC" as MarketId, key)).to.equal(undefined);
    }
  });

  it("lists markets in the order of the configuration", () => {
    const ids = startShard()
      .view.markets()
      .map(({ id }) => id);
    expect(ids).to.deep.equal(["BTCUSDT", "ETHUSDT", "SOLUSDT", "ETHBTC", "AAPLUSD"]);
  });
});

const auctionOrders = fc.record({
  side: fc.constantFrom(...SIDES),
  price: fc.integer({ min: 1_999_990, max: 2_000_010 }),
  quantity: fc.integer({ min: 2, max: 40 }),
  icebergQuantity: fc.constantFrom(0, 0, 1),
});

const OF = (account: number) => ({ account: account as AccountId, market: "BTCUSDT" as MarketId });

function place(id: number, account: number, side: Side, quantity: number): Command {
  return {
    kind: "PlaceOrder",
    orderId: id as OrderId,
    ...OF(account),
    clientOrderId: `c${id}`,
    side,
    type: "LIMIT",
    timeInForce: "GTC",
    price: 2_000_000,
    quantity,
    quoteQuantity: 0,
    stopPrice: 0,
    trailingDelta: 0,
    icebergQuantity: 0,
    goodTillDate: 0,
    selfTradePrevention: "EXPIRE_MAKER",
  };
}

/** An engine with the configured markets and three rich accounts, and a view that follows what `fold` folds. */
function startShard() {
  const engine = createEngine(SHARD, BRANCH);
  let number = 0;
  const foldAlone = (command: Command): Outcome => {
    const commandId = (++number).toString(16).padStart(32, "0") as CommandId;
    const events = engine.apply({ commandId, branch: BRANCH, validUntil: 0, command });
    return { shard: SHARD, branch: BRANCH, seq: engine.seq, time: engine.time, commandId, events };
  };
  foldAlone({ kind: "Tick", time: 1_800_000_000_000 });
  for (const command of definitionCommands(oneShard(), SHARD, engine.state())) foldAlone(command);
  for (const account of ACCOUNTS) {
    for (const asset of ["BTC", "ETH", "USDT"]) {
      foldAlone({ kind: "Deposit", account: account as AccountId, asset: asset as AssetId, amount: 1e12 });
    }
  }
  const view = viewOf(engine.state());
  const updates: ViewUpdate[] = [];
  view.onUpdate((update) => updates.push(update));
  const fold = (command: Command): Outcome => {
    const outcome = foldAlone(command);
    view.apply(outcome);
    return outcome;
  };
  return { engine: engine as Engine, view, updates, fold };
}

function viewOf(state: EngineState): RegionView {
  return createRegionView({ state, trades: new Map(), candles: new Map() });
}

function expectSame(view: RegionView, state: EngineState): void {
  expect(view.seq).to.equal(state.seq);
  for (const market of state.markets) expectSameMarket(view, market);
  const accounts = new Set<AccountId>([0 as AccountId, ...state.balances.map(({ account }) => account)]);
  for (const account of accounts) {
    const balances = state.balances.filter((balance) => balance.account === account);
    expect(view.balances(account)).to.deep.equal(
      balances.map(({ account: _account, ...balance }) => balance),
    );
    const lists = state.markets.flatMap((market) => market.lists).filter((list) => list.account === account);
    expect(view.openOrderLists(account).map(listFacts)).to.deep.equal(
      lists.sort((a, b) => a.listId - b.listId).map(listFacts),
    );
  }
}

function expectSameMarket(view: RegionView, market: MarketState): void {
  const { id } = market.market;
  expect(view.lastUpdateId(id)).to.equal(market.lastUpdateId);
  expect(view.tradingState(id)).to.equal(market.state);
  expect(view.levels(id, "BUY", 1000)).to.deep.equal(levelsOf(market.bids));
  expect(view.levels(id, "SELL", 1000)).to.deep.equal(levelsOf(market.asks));
  const open = [market.bids, market.asks, market.waiting, market.pending].flat();
  const isPending = new Set(market.pending.map(({ orderId }) => orderId));
  for (const account of new Set(open.map((order) => order.account))) {
    const wanted = open.filter((order) => order.account === account).sort((a, b) => a.orderId - b.orderId);
    const rows = view.openOrders(account, id);
    expect(rows.map(facts)).to.deep.equal(wanted.map(facts));
    expect(rows.map(({ status }) => status)).to.deep.equal(
      wanted.map(({ orderId, executed }) =>
        isPending.has(orderId) ? "PENDING_NEW" : executed > 0 ? "PARTIALLY_FILLED" : "NEW",
      ),
    );
    // The state has no time of it, only how far the price came since.
    expect(rows.map(({ trailingTime }) => trailingTime > 0)).to.deep.equal(
      wanted.map(({ extreme }) => extreme > 0),
    );
  }
}

function levelsOf(orders: readonly OpenOrder[]) {
  const levels = new Map<number, number>();
  for (const { price, visible } of orders) levels.set(price, (levels.get(price) ?? 0) + visible);
  return Array.from(levels, ([price, quantity]) => ({ price, quantity }));
}

/** All that a row and the state both know of an open order. */
function facts(order: OpenOrder | OrderRow) {
  const { orderId, account, market, clientOrderId, side, type, timeInForce, price, quantity } = order;
  const { stopPrice, trailingDelta, icebergQuantity, goodTillDate, selfTradePrevention, listId } = order;
  const { executed, executedQuote, prevented, time, workingTime } = order;
  return {
    ...{ orderId, account, market, clientOrderId, side, type, timeInForce, price, quantity },
    ...{ stopPrice, trailingDelta, icebergQuantity, goodTillDate, selfTradePrevention, listId },
    ...{ executed, executedQuote, prevented, time, workingTime },
  };
}

function listFacts({ listId, listClientOrderId, contingency, orders, time }: OpenOrderList | OrderListRow) {
  const ids = orders.map((member) => (typeof member === "object" ? member.orderId : member));
  return { listId, listClientOrderId, contingency, ids, time };
}
