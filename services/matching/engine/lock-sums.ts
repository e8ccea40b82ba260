import { grown } from "../flat/slots.ts";
import { BUY } from "./terms.ts";

/** What the open orders of each account in each market lock in all, summed while they are taken over from a snapshot: `assertWhole` compares it with the balances. */
export class LockSums {
  /** By trader: of its base asset, then of its quote asset. */
  #sums = new Float64Array(256);

  /** An order of this side locks so much. */
  add(trader: number, side: number, amount: number): void {
    const at = 2 * trader + (side === BUY ? 1 : 0);
    while (at >= this.#sums.length) this.#sums = grown(this.#sums, 2 * this.#sums.length);
    this.#sums[at] = (this.#sums[at] as number) + amount;
  }

  /** Smallest units of the base asset: of its orders to sell. */
  ofBase(trader: number): number {
    return this.#sums[2 * trader] ?? 0;
  }

  /** Of the quote asset: of its orders to buy. */
  ofQuote(trader: number): number {
    return this.#sums[2 * trader + 1] ?? 0;
  }
}
