import type { WireLevel } from "#shared/protocol/socket.ts";
import { ceilTo, floorTo, wireUnits } from "../../money/decimal.ts";

/** A line of the book: 10^-8 units. */
export interface BookRow {
  readonly price: bigint;
  readonly quantity: bigint;
  /** All quantity up to and including this line. */
  readonly total: bigint;
}

/** A line as it is shown: of the book, or of what has just left it. */
export interface ShownRow extends BookRow {
  readonly isLeft: boolean;
}

/** The lines of a side with those among them that have left: as many as there is room for, the best first. A price of which a part is still there has not left. */
export function withLeftRows(
  rows: readonly BookRow[],
  left: readonly WireLevel[],
  step: bigint,
  side: "bids" | "asks",
  limit: number,
): ShownRow[] {
  const live = new Set(rows.map(({ price }) => price));
  const gone = bookRows(left, step, side, limit).filter(({ price }) => !live.has(price));
  const all = [
    ...rows.map((row) => ({ ...row, isLeft: false })),
    ...gone.map((row) => ({ ...row, isLeft: true })),
  ];
  const sign = side === "bids" ? -1 : 1;
  return all.sort((a, b) => sign * (a.price < b.price ? -1 : 1)).slice(0, limit);
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
