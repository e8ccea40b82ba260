import type { ForkFill } from "#shared/domain/command.ts";
import type { MarketId, OrderId } from "#shared/domain/ids.ts";

/** Lots that the canonical lineage traded between two orders at a price. */
export interface CanonicalTrade {
  readonly market: MarketId;
  readonly makerOrderId: OrderId;
  readonly takerOrderId: OrderId;
  readonly price: number;
  readonly quantity: number;
}

/** What became of a provisional fill. */
export interface FillVerdict {
  readonly fill: ForkFill;
  /** Lots that the canonical lineage also traded; the rest is conflicted. */
  readonly confirmed: number;
  readonly conflicted: number;
}

/** Under which id an order of a fork stands on the canonical log: its own, unless it was merged. */
export type CanonicalIdOf = (orderId: OrderId) => OrderId;

/**
 * Verdicts by quantity: per (maker order, taker order, price) what the canonical lineage also traded, wherever it did, is confirmed, in the order of the fills; the rest
 * is conflicted (architecture, section 5). Which of the two was the maker is part of what was shown, so a trade the other way round confirms nothing.
 */
export function verdictsOf(
  fills: readonly ForkFill[],
  canonical: readonly CanonicalTrade[],
  canonicalIdOf: CanonicalIdOf = (orderId) => orderId,
): readonly FillVerdict[] {
  const left = new Map<string, number>();
  for (const trade of canonical) left.set(keyOf(trade), (left.get(keyOf(trade)) ?? 0) + trade.quantity);
  return fills.map((fill) => {
    const makerOrderId = canonicalIdOf(fill.makerOrderId);
    const takerOrderId = canonicalIdOf(fill.takerOrderId);
    const key = keyOf({ ...fill, makerOrderId, takerOrderId });
    const available = left.get(key) ?? 0;
    const confirmed = Math.min(available, fill.quantity);
    left.set(key, available - confirmed);
    return { fill, confirmed, conflicted: fill.quantity - confirmed };
  });
}

function keyOf({ market, makerOrderId, takerOrderId, price }: Omit<CanonicalTrade, "quantity">): string {
  return `${market} ${makerOrderId} ${takerOrderId} ${price}`;
}
