import type { WireLevel } from "#shared/protocol/socket.ts";
import { ceilTo, floorTo, wireUnits } from "../../money/decimal.ts";

/** A line of the book: 10^-8 units. */
export interface BookRow {
  readonly price: bigint;
  readonly quantity: bigint;
  /** All quantity up to and including this line. */
  readonly total: bigint;
}

/** The best levels, gathered by a multiple of the tick: bids down, asks up, so that no price looks better than it is. */
export function bookRows(
  levels: readonly WireLevel[],
  step: bigint,
  side: "bids" | "asks",
  limit: number,
): BookRow[] {
  const rows: BookRow[] = [];
  let total = 0n;
  for (const [priceText, quantityText] of levels) {
    const quantity = wireUnits(quantityText);
    const price = side === "bids" ? floorTo(wireUnits(priceText), step) : ceilTo(wireUnits(priceText), step);
    const last = rows.at(-1);
    if (last?.price !== price && rows.length === limit) break;
    total += quantity;
    if (last?.price === price) rows[rows.length - 1] = { price, quantity: last.quantity + quantity, total };
    else rows.push({ price, quantity, total });
  }
  return rows;
}
