import { formatDecimal } from "#shared/domain/decimal.ts";
import { seededRandom } from "#test/support/seeded-random.ts";

/** A limit order for BTCUSDT; price and quantity as decimals. */
export interface BenchOrder {
  readonly id: string;
  readonly side: "BUY" | "SELL";
  readonly price: string;
  readonly quantity: string;
}

const MID_TICKS = 6_400_000;
const REACH_TICKS = 40;
const MAX_LOTS = 10;

/** Orders around a price, so that about every second one trades at once and the book stays small; ids are unique in this process. */
export function makeOrders(seed: number): () => BenchOrder {
  const random = seededRandom(seed);
  let count = 0;
  return () => ({
    id: `b${process.pid}-${seed}-${++count}`,
    side: random.below(2) === 0 ? "BUY" : "SELL",
    price: formatDecimal(MID_TICKS - REACH_TICKS + random.below(2 * REACH_TICKS), 2),
    quantity: formatDecimal(1 + random.below(MAX_LOTS), 4),
  });
}
