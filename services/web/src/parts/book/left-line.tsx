import { readable, textOf } from "../../money/decimal.ts";
import type { BookRow } from "./book-rows.ts";

interface LeftLineProps {
  readonly side: "bids" | "asks";
  readonly row: BookRow;
  readonly priceDigits: number;
  readonly lotDigits: number;
}

/** A price that was in the book until it was replaced: struck out for a moment, and nothing to click on. */
export function LeftLine({ side, row, priceDigits, lotDigits }: LeftLineProps) {
  return (
    <li className="left">
      <del className={`num ${side === "bids" ? "up" : "down"}`}>
        {readable(textOf(row.price, priceDigits), priceDigits)}
      </del>
      <del className="num">{readable(textOf(row.quantity, lotDigits), lotDigits)}</del>
      <span className="soft">left</span>
    </li>
  );
}
