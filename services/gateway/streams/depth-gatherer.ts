import type { LevelChanged } from "#shared/domain/event.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Side } from "#shared/domain/order.ts";
import type { Level } from "../views/region-view.ts";

/** What changed in a book between two messages of a diff stream. */
export interface GatheredDepth {
  readonly first: number;
  readonly last: number;
  /** The shard's time of the last change. */
  readonly time: number;
  readonly bids: Iterable<Level>;
  readonly asks: Iterable<Level>;
}

/** Gathers a market's level changes: the last quantity of each level, and no update left out or told twice. */
export class DepthGatherer {
  readonly #levels: Record<Side, Map<number, Level>> = { BUY: new Map(), SELL: new Map() };
  readonly #first: number;
  #last: number;
  #time = 0;

  constructor(first: number) {
    this.#first = first;
    this.#last = first - 1;
  }

  add({ market, side, price, quantity, updateId }: LevelChanged, time: number): void {
    assert(updateId === this.#last + 1, `depth of ${market} is contiguous`);
    this.#levels[side].set(price, { price, quantity });
    this.#last = updateId;
    this.#time = time;
  }

  get gathered(): GatheredDepth {
    const { BUY, SELL } = this.#levels;
    return {
      first: this.#first,
      last: this.#last,
      time: this.#time,
      bids: BUY.values(),
      asks: SELL.values(),
    };
  }
}
