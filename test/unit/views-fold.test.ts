import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { createRegionView } from "#services/gateway/views/create-region-view.ts";
import type { RegionView, ViewUpdate } from "#services/gateway/views/region-view.ts";
import { definitionCommands } from "#services/matching/define-markets.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { Command } from "#shared/domain/command.ts";
import type { Engine } from "#shared/domain/engine.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  ShardId,
} from "#shared/domain/ids.ts";
import {
  ORDER_TYPES,
  type RestingOrder,
  SELF_TRADE_PREVENTIONS,
  SIDES,
  type Side,
} from "#shared/domain/order.ts";

const SHARD = "shard-1" as ShardId;
const BRANCH = "test.1" as BranchId;
const MARKETS = ["BTCUSDT", "ETHBTC"] as const;
const ACCOUNTS = [1, 2, 3] as const;

describe("the Region view", () => {
  it("holds the books, balances and open orders of the engine's state, from any point on", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 80 }), fc.nat(80), (commands, startAt) => {
        const shard = startShard();
        const views: RegionView[] = [viewOf(shard.engine.state())];
        for (const [at, step] of commands.entries()) {
          if (at === startAt) views.push(viewOf(shard.engine.state()));
          const outcome = shard.fold(commandOf(step, at + 1));
          for (const view of views) view.apply(outcome);
        }
        for (const view of views) expectSame(view, shard.engine.state());
      }),
      { numRuns: 150 },
    );
  });

  it("tells every change of an order with the order as it stood right after it", () => {
    const { fold, view, updates } = startShard();
    fold(place(1, 1, "SELL", 10));
    fold(place(2, 2, "BUY", 4));
    fold(place(3, 2, "BUY", 10));
    fold({ kind: "CancelOrder", ...OF(2), orderId: 3 as OrderId, origClientOrderId: "" });
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

interface Step {
  readonly kind: "place" | "cancel" | "cancel-all" | "amend" | "withdraw";
  readonly account: number;
  readonly market: (typeof MARKETS)[number];
  readonly side: Side;
  readonly type: (typeof ORDER_TYPES)[number];
  readonly isIoc: boolean;
  readonly byQuote: boolean;
  readonly price: number;
  readonly quantity: number;
  readonly prevention: (typeof SELF_TRADE_PREVENTIONS)[number];
  readonly target: number;
}

const steps: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom("place", "place", "place", "place", "cancel", "cancel-all", "amend", "withdraw"),
  account: fc.constantFrom(...ACCOUNTS),
  market: fc.constantFrom(...MARKETS),
  side: fc.constantFrom(...SIDES),
  type: fc.constantFrom("LIMIT", ...ORDER_TYPES),
  isIoc: fc.boolean(),
  byQuote: fc.boolean(),
  price: fc.integer({ min: 6000, max: 6010 }),
  quantity: fc.integer({ min: 1000, max: 1020 }),
  prevention: fc.constantFrom(...SELF_TRADE_PREVENTIONS),
  target: fc.integer({ min: 1, max: 80 }),
});

function commandOf(step: Step, number: number): Command {
  const account = step.account as AccountId;
  const market = step.market as MarketId;
  const named = { account, market, orderId: step.target as OrderId, origClientOrderId: "" };
  switch (step.kind) {
    case "cancel":
      return { kind: "CancelOrder", ...named };
    case "cancel-all":
      return { kind: "CancelAllOrders", account, market };
    case "amend":
      return { kind: "AmendOrder", ...named, quantity: step.quantity - 500 };
    case "withdraw":
      return { kind: "Withdraw", account, asset: "USDT" as AssetId, amount: step.quantity };
    default: {
      const isMarket = step.type === "MARKET";
      const byQuote = isMarket && step.byQuote;
      return {
        kind: "PlaceOrder",
        orderId: number as OrderId,
        account,
        market,
        clientOrderId: `c${number}`,
        side: step.side,
        type: step.type,
        timeInForce: isMarket || (step.type === "LIMIT" && step.isIoc) ? "IOC" : "GTC",
        price: isMarket ? 0 : step.price,
        quantity: byQuote ? 0 : step.quantity,
        quoteQuantity: byQuote ? step.quantity * 10_000 : 0,
        selfTradePrevention: step.prevention,
      };
    }
  }
}

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
    selfTradePrevention: "EXPIRE_MAKER",
  };
}

/** An engine with the configured markets and three rich accounts, and a view that follows what `fold` folds. */
function startShard() {
  const engine = createEngine(SHARD, BRANCH);
  let number = 0;
  const foldAlone = (command: Command): Outcome => {
    const commandId = `command-${++number}` as CommandId;
    const events = engine.apply({ commandId, branch: BRANCH, validUntil: 0, command });
    return { shard: SHARD, branch: BRANCH, seq: engine.seq, time: engine.time, commandId, events };
  };
  for (const command of definitionCommands(defaultDefinitions(), SHARD, engine.state())) foldAlone(command);
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
  for (const { market, bids, asks, lastUpdateId } of state.markets) {
    expect(view.lastUpdateId(market.id)).to.equal(lastUpdateId);
    expect(view.levels(market.id, "BUY", 1000)).to.deep.equal(levelsOf(bids));
    expect(view.levels(market.id, "SELL", 1000)).to.deep.equal(levelsOf(asks));
    for (const account of ACCOUNTS) {
      const open = [...bids, ...asks].filter((order) => order.account === account);
      const rows = view.openOrders(account as AccountId, market.id);
      expect(rows.map(facts)).to.deep.equal(open.sort((a, b) => a.orderId - b.orderId).map(facts));
    }
  }
  for (const account of [0, ...ACCOUNTS] as AccountId[]) {
    const balances = state.balances.filter((balance) => balance.account === account);
    expect(view.balances(account)).to.deep.equal(
      balances.map(({ account: _account, ...balance }) => balance),
    );
  }
}

function levelsOf(orders: readonly RestingOrder[]) {
  const levels = new Map<number, number>();
  for (const { price, quantity, executed } of orders) {
    levels.set(price, (levels.get(price) ?? 0) + quantity - executed);
  }
  return Array.from(levels, ([price, quantity]) => ({ price, quantity }));
}

function facts(order: RestingOrder) {
  const { orderId, clientOrderId, side, type, price, quantity, executed, executedQuote, time } = order;
  return { orderId, clientOrderId, side, type, price, quantity, executed, executedQuote, time };
}
