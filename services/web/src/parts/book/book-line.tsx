import { readable, textOf } from "../../money/decimal.ts";
import type { BookRow } from "./book-rows.ts";

interface BookLineProps {
  readonly side: "bids" | "asks";
  readonly row: BookRow;
  /** The total that fills the whole width. */
  readonly deepest: bigint;
  readonly priceDigits: number;
  readonly lotDigits: number;
  /** True if an order of one's own is among them. */
  readonly isOwn: boolean;
  readonly onPick: () => void;
}

/** One price of the book with its depth as a bar; a click takes it into the ticket. */
export function BookLine({ side, row, deepest, priceDigits, lotDigits, isOwn, onPick }: BookLineProps) {
  const price = readable(textOf(row.price, priceDigits), priceDigits);
  const quantity = readable(textOf(row.quantity, lotDigits), lotDigits);
  const tone = side === "bids" ? "up" : "down";
  const label = `${side === "bids" ? "Bid" : "Ask"} ${price}, ${quantity}${isOwn ? ", with an order of yours" : ""}`;
  return (
    <li>
      <button type="button" aria-label={label} onClick={onPick} className={isOwn ? "own" : undefined}>
        <i className={`bar ${tone}`} style={{ width: `${(row.total * 100n) / deepest}%` }} />
        <span className={`num ${tone}`}>{price}</span>
        <span className="num">{quantity}</span>
        <span className="num soft">{readable(textOf(row.total, lotDigits), lotDigits)}</span>
      </button>
    </li>
  );
}
