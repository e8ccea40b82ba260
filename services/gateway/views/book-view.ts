import type { LevelChanged } from "#shared/domain/event.ts";
import type { OpenOrder, Side } from "#shared/domain/order.ts";
import type { Level } from "./region-view.ts";

/** The levels of one market, as level changes tell them. */
export class BookView {
  lastUpdateId: number;
  readonly #quantities: Record<Side, Map<number, number>> = { BUY: new Map(), SELL: new Map() };
  /** Best first; thrown away by a change, made again when somebody looks. */
  readonly #sorted: Record<Side, readonly Level[] | undefined> = { BUY: undefined, SELL: undefined };

  constructor(bids: readonly OpenOrder[], asks: readonly OpenOrder[], lastUpdateId: number) {
    this.lastUpdateId = lastUpdateId;
    for (const { side, price, visible } of [...bids, ...asks]) {
      const levels = this.#quantities[side];
      levels.set(price, (levels.get(price) ?? 0) + visible);
    }
  }

  apply({ side, price, quantity, updateId }: LevelChanged): void {
    this.lastUpdateId = updateId;
    this.#sorted[side] = undefined;
    if (quantity === 0) this.#quantities[side].delete(price);
    else this.#quantities[side].set(price, quantity);
  }

  levels(side: Side, limit: number): readonly Level[] {
    let sorted = this.#sorted[side];
    if (sorted === undefined) {
      const sign = side === "BUY" ? -1 : 1;
      sorted = Array.from(this.#quantities[side], ([price, quantity]) => ({ price, quantity }));
      sorted = sorted.toSorted((a, b) => sign * (a.price - b.price));
      this.#sorted[side] = sorted;
    }
    return sorted.slice(0, limit);
  }
}
