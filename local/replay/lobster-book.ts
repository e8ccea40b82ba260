import type { Side } from "#shared/domain/order.ts";
import { linesOf } from "./lobster-message.ts";
import { lineError, ReplayError } from "./replay-error.ts";

/** A price level: price in 10,000ths of a dollar, shares. */
export interface Level {
  readonly price: number;
  readonly quantity: number;
}

/** The best levels of both sides, best first. */
export type BookRow = Readonly<Record<Side, readonly Level[]>>;

/** A recorded book: one row a message, each after that message. */
export interface RecordedBook {
  /** Levels that a row has room for, each side. */
  readonly levels: number;
  readonly rows: readonly BookRow[];
}

/** LOBSTER fills the places of levels that are not there with this price (asks) or its negative (bids). */
const NO_LEVEL = 9_999_999_999;

/** Reads an order book file: ask price, ask size, bid price, bid size, level by level. Throws `ReplayError` that names the line. */
export function parseBook(file: string, text: string): RecordedBook {
  const lines = linesOf(text);
  const columns = lines[0]?.split(",").length ?? 0;
  if (columns === 0 || columns % 4 !== 0) {
    throw new ReplayError(
      "REPLAY_FILE",
      `${file} is no LOBSTER order book: ${columns} columns, not 4 a level.`,
    );
  }
  return { levels: columns / 4, rows: lines.map((line, at) => parseRow(file, at + 1, line, columns)) };
}

function parseRow(file: string, line: number, text: string, columns: number): BookRow {
  const cells = text.split(",");
  if (cells.length !== columns || !cells.every((cell) => /^-?\d{1,15}$/.test(cell))) {
    throw lineError(file, line, `not ${columns} whole numbers.`);
  }
  const numbers = cells.map(Number);
  const row: Record<Side, Level[]> = { BUY: [], SELL: [] };
  for (let at = 0; at < columns; at += 4) {
    const [askPrice = 0, askSize = 0, bidPrice = 0, bidSize = 0] = numbers.slice(at, at + 4);
    if (askPrice !== NO_LEVEL) row.SELL.push({ price: askPrice, quantity: askSize });
    if (bidPrice !== -NO_LEVEL) row.BUY.push({ price: bidPrice, quantity: bidSize });
  }
  for (const side of ["BUY", "SELL"] as const) {
    for (const [at, level] of row[side].entries()) {
      const before = row[side][at - 1];
      if (
        level.price > 0 &&
        level.quantity > 0 &&
        (before === undefined || isBetter(side, before.price, level.price))
      )
        continue;
      throw lineError(
        file,
        line,
        `level ${at + 1} of the ${side === "BUY" ? "bids" : "asks"} is out of order or empty.`,
      );
    }
  }
  return row;
}

/** Whether a price comes before another in the book. */
export function isBetter(side: Side, price: number, other: number): boolean {
  return side === "BUY" ? price > other : price < other;
}
