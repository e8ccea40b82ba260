import { AssertionError } from "chai";
import type { EngineState, MarketState } from "#shared/domain/engine-state.ts";
import { isAlgo, type OpenOrder, type OpenOrderList, triggersUpward } from "#shared/domain/order.ts";

/**
 * What holds between any two commands (architecture, section 6, and docs/engine-rules.md), computed from a state in BigInt, apart from any
 * engine's own code. Throws an `AssertionError` that says what does not hold.
 */
export function expectInvariants(state: EngineState): void {
  expectMoneyKept(state);
  const ids = new Set<number>();
  const priorities = new Set<number>();
  for (const market of state.markets) {
    for (const { listId } of market.lists) unique(ids, listId, "list ids are used once");
    expectBook(market);
    for (const order of openOrdersOf(market)) {
      unique(ids, order.orderId, "order ids are used once");
      if (order.priority > 0) unique(priorities, order.priority, "priorities are given once");
      hold(order.priority <= state.lastPriority, `${order.orderId} has a priority that was given`);
      hold(
        order.goodTillDate === 0 || order.goodTillDate > state.time,
        `${order.orderId} is still good by its date`,
      );
      expectOrder(market, order);
    }
    for (const list of market.lists) expectList(market, list);
  }
}

function expectMoneyKept(state: EngineState): void {
  const totals = new Map<string, bigint>();
  const locked = new Map<string, bigint>();
  for (const balance of state.balances) {
    hold(balance.free >= 0, "no free amount is negative");
    hold(balance.locked >= 0, "no locked amount is negative");
    add(totals, balance.asset, BigInt(balance.free) + BigInt(balance.locked));
    add(locked, `${balance.account} ${balance.asset}`, BigInt(balance.locked));
  }
  for (const { asset, supply } of state.assets) {
    hold((totals.get(asset.id) ?? 0n) === BigInt(supply), `the balances of ${asset.id} add up to its supply`);
  }
  for (const market of state.markets) {
    const { base, quote } = market.market;
    for (const order of openOrdersOf(market))
      add(locked, `${order.account} ${order.side === "BUY" ? quote : base}`, -BigInt(order.locked));
  }
  for (const [key, difference] of locked)
    hold(difference === 0n, `what is locked of ${key} is what its orders hold`);
}

function expectBook({ market, state, bids, asks }: MarketState): void {
  for (const [side, sign] of [
    [bids, -1],
    [asks, 1],
  ] as const) {
    for (const [at, order] of side.entries()) {
      const before = side[at - 1];
      hold(
        before === undefined ||
          sign * (order.price - before.price) > 0 ||
          (order.price === before.price && order.priority > before.priority),
        `${market.id} is sorted by price, then priority`,
      );
      const left = remaining(order);
      const most = order.icebergQuantity > 0 ? Math.min(order.icebergQuantity, left) : left;
      hold(order.visible > 0 && order.visible <= most, `${order.orderId} shows something, and not too much`);
      hold(order.icebergQuantity > 0 || order.visible === left, `${order.orderId} shows all`);
      hold(order.workingTime > 0, `${order.orderId} works since a time`);
    }
  }
  const [bid, ask] = [bids[0], asks[0]];
  if (bid !== undefined && ask !== undefined)
    hold(state !== "TRADING" || bid.price < ask.price, `${market.id} is neither crossed nor locked`);
}

function expectOrder(market: MarketState, order: OpenOrder): void {
  const { orderId } = order;
  hold(remaining(order) > 0, `${orderId} has something left`);
  hold(order.side === "BUY" || order.lockPrice === 0, `${orderId} sells and needs no lock price`);
  const list = market.lists.find(({ listId }) => listId === order.listId);
  hold(order.listId === 0 || list?.orders.includes(orderId) === true, `${orderId} is one of its list`);
  const isPending = market.pending.includes(order);
  const isWaiting = market.waiting.includes(order);
  if (isPending || isWaiting) {
    hold(
      order.visible === 0 && order.executed === 0 && order.prevented === 0,
      `${orderId} has not worked yet`,
    );
    hold(order.workingTime === 0, `${orderId} does not work yet`);
  }
  if (isPending) {
    const nothing = order.priority + order.lockPrice + order.locked + order.extreme;
    hold(nothing === 0, `${orderId} is pending and has nothing yet`);
    return;
  }
  hold(order.priority > 0, `${orderId} has a priority`);
  if (isWaiting) expectWaits(market, order);
  else hold(order.side === "SELL" || order.lockPrice === order.price, `${orderId} locks by its limit`);
  expectLock(market, order, list);
}

/** It holds what it needs, or the first of an OCO pair what the greater of the two needs. */
function expectLock(market: MarketState, order: OpenOrder, list: OpenOrderList | undefined): void {
  const pair = list === undefined ? [] : openPairOf(market, list);
  const isPaired = pair.length === 2 && pair.includes(order);
  const needs = (isPaired ? pair : [order]).map((each) => needOf(market, each));
  const need = needs.toSorted((a, b) => (a < b ? 1 : -1))[0];
  const expected = isPaired && pair[0] !== order ? 0n : need;
  hold(
    BigInt(order.locked) === expected,
    `${order.orderId} has locked what it needs, ${expected}, not ${order.locked}`,
  );
}

/** The last price has neither triggered it nor started its tracking. */
function expectWaits({ lastPrice }: MarketState, order: OpenOrder): void {
  const { orderId, type, side, stopPrice, trailingDelta, extreme } = order;
  hold(isAlgo(type), `${orderId} is of a type that waits`);
  if (lastPrice === 0) return;
  if (trailingDelta > 0 && extreme > 0) {
    const [price, best, delta] = [BigInt(lastPrice), BigInt(extreme), BigInt(trailingDelta)];
    const isOut =
      side === "BUY"
        ? price * 10_000n >= best * (10_000n + delta)
        : price <= (best * (10_000n - delta)) / 10_000n;
    hold(!isOut, `${orderId} has not trailed to its trigger`);
    hold(side === "BUY" ? price >= best : price <= best, `${orderId} knows the best price`);
  } else {
    hold(stopPrice > 0, `${orderId} waits for a price`);
    hold(
      triggersUpward(type, side) ? lastPrice < stopPrice : lastPrice > stopPrice,
      `${orderId} has not been triggered by the last price`,
    );
  }
}

function expectList(market: MarketState, list: OpenOrderList): void {
  const open = openOrdersOf(market).filter(({ listId }) => listId === list.listId);
  hold(open.length > 0, `list ${list.listId} has an open order`);
  for (const order of open) hold(order.account === list.account, `list ${list.listId} is of one account`);
  const pending = open.filter((order) => market.pending.includes(order));
  const isWorkingOpen = open.some(({ orderId }) => orderId === list.orders[0]);
  if (list.contingency === "OCO") hold(pending.length === 0, `list ${list.listId} has no pending orders`);
  else if (pending.length > 0) hold(isWorkingOpen, `list ${list.listId} waits for an order that is open`);
  const pair = openPairOf(market, list);
  if (pair.length < 2) return;
  for (const order of pair)
    hold(
      order.executed === 0 && order.prevented === 0,
      `list ${list.listId}: both are open, neither has traded`,
    );
  hold(
    pair.every((order) => market.pending.includes(order)) ||
      pair.every((order) => !market.pending.includes(order)),
    `list ${list.listId}: both or neither are pending`,
  );
}

function openPairOf(market: MarketState, { listId, contingency, orders }: OpenOrderList): OpenOrder[] {
  const ids = { OCO: orders, OTO: [], OTOCO: orders.slice(1) }[contingency];
  const open = openOrdersOf(market).filter((order) => order.listId === listId);
  return ids.flatMap((id) => open.filter(({ orderId }) => orderId === id));
}

function needOf({ market }: MarketState, order: OpenOrder): bigint {
  const left = BigInt(remaining(order));
  return order.side === "BUY"
    ? left * BigInt(order.lockPrice) * BigInt(market.quotePerTickLot)
    : left * BigInt(market.basePerLot);
}

function openOrdersOf({ bids, asks, waiting, pending }: MarketState): readonly OpenOrder[] {
  return [...bids, ...asks, ...waiting, ...pending];
}

function remaining({ quantity, executed, prevented }: OpenOrder): number {
  return quantity - executed - prevented;
}

function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}

function unique(seen: Set<number>, value: number, message: string): void {
  hold(!seen.has(value), `${message} (${value})`);
  seen.add(value);
}

function hold(condition: boolean, message: string): void {
  if (!condition) throw new AssertionError(message);
}
