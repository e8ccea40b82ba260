import { expect } from "chai";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Event } from "#shared/domain/event.ts";

/** Invariants 1, 2 and 4 of the architecture's section 6, computed from a state in BigInt, apart from the engine's own code. */
export function expectInvariants(state: EngineState): void {
  const totals = new Map<string, bigint>();
  const locked = new Map<string, bigint>();
  for (const balance of state.balances) {
    expect(balance.free, "no free amount is negative").to.be.at.least(0);
    expect(balance.locked, "no locked amount is negative").to.be.at.least(0);
    add(totals, balance.asset, BigInt(balance.free) + BigInt(balance.locked));
    add(locked, `${balance.account} ${balance.asset}`, BigInt(balance.locked));
  }
  for (const { asset, supply } of state.assets) {
    expect(totals.get(asset.id) ?? 0n, `the balances of ${asset.id} add up to its supply`).to.equal(
      BigInt(supply),
    );
  }
  for (const { market, bids, asks } of state.markets) {
    for (const { account, side, price, quantity, executed } of [...bids, ...asks]) {
      expect(executed, "an open order has something left").to.be.lessThan(quantity);
      const left = BigInt(quantity - executed);
      const isBuy = side === "BUY";
      const need = isBuy
        ? left * BigInt(price) * BigInt(market.quotePerTickLot)
        : left * BigInt(market.basePerLot);
      add(locked, `${account} ${isBuy ? market.quote : market.base}`, -need);
    }
    const [bid, ask] = [bids[0], asks[0]];
    if (bid !== undefined && ask !== undefined) expect(bid.price, "not crossed").to.be.lessThan(ask.price);
  }
  for (const [key, difference] of locked) expect(difference, `locked = needed for ${key}`).to.equal(0n);
}

function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}

/** What each order may still do, by its id. */
export type OrderLimits = Map<number, { side: string; price: number; left: number }>;

/** Invariant 3, from events alone: no order executes more than its quantity or at a price worse than its limit. */
export function expectWithinLimits(event: Event, limits: OrderLimits): void {
  if (event.kind === "OrderAccepted") {
    const { orderId, side, price, quantity, quoteQuantity, type } = event;
    const left = quoteQuantity > 0 ? Number.POSITIVE_INFINITY : quantity;
    limits.set(orderId, { side, price: type === "MARKET" ? 0 : price, left });
  } else if (event.kind === "Trade") {
    for (const orderId of [event.makerOrderId, event.takerOrderId]) {
      const order = limits.get(orderId);
      if (order === undefined) throw new Error(`a trade of the unknown order ${orderId}`);
      order.left -= event.quantity;
      expect(order.left, "executes no more than its quantity").to.be.at.least(0);
      if (order.price === 0) continue;
      if (order.side === "BUY")
        expect(event.price, "buys no dearer than its limit").to.be.at.most(order.price);
      else expect(event.price, "sells no cheaper than its limit").to.be.at.least(order.price);
    }
  } else if (event.kind === "OrderCanceled" || event.kind === "OrderExpired") {
    limits.delete(event.orderId);
  } else if (event.kind === "OrderAmended") {
    const order = limits.get(event.orderId);
    if (order !== undefined) order.left = Math.min(order.left, event.quantity);
  }
}
