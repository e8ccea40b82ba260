import { remainingOf } from "./open-orders.ts";
import type { TakerTerms } from "./prevention.ts";
import type { Shard } from "./shard.ts";
import { DECREMENT, EXPIRE_MAKER, NONE } from "./terms.ts";

/** What matching a taker would execute now: lots and quote. */
export interface DryRun {
  readonly quantity: number;
  readonly quote: number;
}

interface Progress {
  quantity: number;
  quote: number;
  /** Of a taker by quantity: lots left. By quote: quote left. */
  left: number;
}

/** Parts of an iceberg that come after the one it shows. */
interface Hidden {
  readonly order: number;
  readonly part: number;
  left: number;
}

/**
 * Goes the way of the matching without changing anything, self-trade prevention and icebergs included: first what each order of a level
 * shows, in the queue's order, then, round after round, the next parts of its icebergs.
 */
export function dryRun(shard: Shard, taker: TakerTerms): DryRun {
  const { market } = taker;
  const { orders, levels } = shard.book;
  const side = market.opposite(taker.side);
  const progress: Progress = { quantity: 0, quote: 0, left: taker.quoteQuantity || taker.remaining };
  for (let level = side.best; level >= 0; level = side.worse(level)) {
    const price = levels.price(level);
    if (!side.isReached(price, taker.limit)) break;
    const unit = price * market.market.quotePerTickLot;
    const hidden: Hidden[] = [];
    for (let order = levels.first(level); order >= 0; order = orders.next(order)) {
      const visible = orders.visible(order);
      const isGone = isExpiredMaker(shard, taker, order);
      if (!isGone && !meets(shard, taker, progress, order, visible, unit)) return progress;
      const left = remainingOf(shard, order) - visible;
      if (left > 0 && !isGone) {
        hidden.push({ order, part: shard.extras.icebergQuantity(orders.extras(order)), left });
      }
    }
    while (hidden.some(({ left }) => left > 0)) {
      for (const iceberg of hidden) {
        const part = Math.min(iceberg.part, iceberg.left);
        if (part === 0) continue;
        if (!meets(shard, taker, progress, iceberg.order, part, unit)) return progress;
        iceberg.left -= part;
      }
    }
  }
  return progress;
}

function isOwn(shard: Shard, taker: TakerTerms, order: number): boolean {
  return taker.mode !== NONE && shard.traders.account(shard.book.orders.trader(order)) === taker.account;
}

function isExpiredMaker(shard: Shard, taker: TakerTerms, order: number): boolean {
  return taker.mode === EXPIRE_MAKER && isOwn(shard, taker, order);
}

/** Meets a part of an order. False if matching ends here. */
function meets(
  shard: Shard,
  taker: TakerTerms,
  progress: Progress,
  order: number,
  available: number,
  unit: number,
): boolean {
  const isOwnOrder = isOwn(shard, taker, order);
  if (isOwnOrder && taker.mode !== DECREMENT) return false;
  const byQuote = taker.quoteQuantity > 0;
  const wanted = byQuote ? Math.floor(progress.left / unit) : progress.left;
  const quantity = Math.min(wanted, available);
  if (quantity === 0) return false;
  progress.left -= byQuote ? quantity * unit : quantity;
  if (!isOwnOrder) {
    progress.quantity += quantity;
    progress.quote += quantity * unit;
  }
  return true;
}
