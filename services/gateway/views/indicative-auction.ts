import type { AuctionResult, Level } from "./region-view.ts";

/**
 * The price and quantity of a call auction (docs/engine-rules.md, "The call auction"): of all prices from the best ask to the best bid the one
 * that trades most, then leaves the least imbalance, then is nearest to the reference, then the lowest. `undefined` if the book is not crossed.
 *
 * @param bids limits and all that remains at them, best first
 * @param asks the same
 * @param lastPrice ticks; 0 before the first trade, the reference is then the middle of the book
 */
export function indicativeAuction(
  bids: readonly Level[],
  asks: readonly Level[],
  lastPrice: number,
): AuctionResult | undefined {
  const highest = bids[0]?.price;
  const lowest = asks[0]?.price;
  if (highest === undefined || lowest === undefined || lowest > highest) return undefined;
  const reference = lastPrice === 0 ? Math.floor((highest + lowest) / 2) : lastPrice;
  // Demand falls right above a bid, supply rises at an ask: between two such prices neither changes.
  const starts = [...asks.map(({ price }) => price), ...bids.map(({ price }) => price + 1)]
    .filter((price) => price >= lowest && price <= highest)
    .sort((a, b) => a - b);
  const rising = bids.toReversed();
  let [demand, supply, outbid, offered] = [sum(bids), 0, 0, 0];
  let best: (Candidate & { readonly price: number }) | undefined;
  for (const [index, start] of starts.entries()) {
    for (let bid = rising[outbid]; bid !== undefined && bid.price < start; bid = rising[++outbid]) {
      demand -= bid.quantity;
    }
    for (let ask = asks[offered]; ask !== undefined && ask.price <= start; ask = asks[++offered]) {
      supply += ask.quantity;
    }
    const end = (starts[index + 1] ?? highest + 1) - 1;
    if (end < start) continue;
    const price = Math.min(Math.max(reference, start), end);
    const candidate = {
      price,
      quantity: Math.min(demand, supply),
      imbalance: Math.abs(demand - supply),
      distance: Math.abs(price - reference),
    };
    if (best === undefined || isBetter(candidate, best)) best = candidate;
  }
  return best === undefined ? undefined : { price: best.price, quantity: best.quantity };
}

interface Candidate {
  readonly quantity: number;
  readonly imbalance: number;
  readonly distance: number;
}

/** Candidates come by rising price, so an equal one is no better. */
function isBetter(a: Candidate, b: Candidate): boolean {
  if (a.quantity !== b.quantity) return a.quantity > b.quantity;
  if (a.imbalance !== b.imbalance) return a.imbalance < b.imbalance;
  return a.distance < b.distance;
}

function sum(levels: readonly Level[]): number {
  return levels.reduce((total, { quantity }) => total + quantity, 0);
}
