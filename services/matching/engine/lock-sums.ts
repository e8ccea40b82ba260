import { BUY } from "./terms.ts";
import { TRADER_ROW, type Traders } from "./traders.ts";

const { FLOAT_SHIFT, BASE_LOCKS, QUOTE_LOCKS } = TRADER_ROW;

/**
 * What the open orders of each account in each market lock in all, summed while they are taken over from a snapshot: `assertWhole` compares it with the balances. The sums stand in
 * the traders' own rows, which are at hand for each order anyway.
 */
export class LockSums {
  readonly #traders: Traders;

  constructor(traders: Traders) {
    this.#traders = traders;
  }

  /** An order of this side locks so much. */
  add(trader: number, side: number, amount: number): void {
    const { floats } = this.#traders.rows;
    const at = (trader << FLOAT_SHIFT) | (side === BUY ? QUOTE_LOCKS : BASE_LOCKS);
    floats[at] = (floats[at] as number) + amount;
  }

  /** Smallest units of the base asset: of its orders to sell. */
  ofBase(trader: number): number {
    return this.#traders.rows.floats[(trader << FLOAT_SHIFT) | BASE_LOCKS] as number;
  }

  /** Of the quote asset: of its orders to buy. */
  ofQuote(trader: number): number {
    return this.#traders.rows.floats[(trader << FLOAT_SHIFT) | QUOTE_LOCKS] as number;
  }
}
