import type { Side } from "#shared/domain/order.ts";
import { type BookRow, isBetter, type Level } from "./lobster-book.ts";
import type { MirrorBook } from "./mirror-book.ts";
import type { Unmatched } from "./recorded-flow.ts";

/** Why a level cannot agree. */
export type Cause =
  /** It lay deeper than the recording shows until now: its orders are older, or were placed out of sight. */
  | "never-shown"
  /** It was shown, went deeper than the recording shows, and came back as another. */
  | "changed-out-of-sight";

/** A level that cannot agree, and on how many rows it did not. */
export interface Explained {
  readonly side: Side;
  readonly price: number;
  readonly cause: Cause;
  /** The first row on which it was seen to differ; rows count from 1. */
  readonly row: number;
  /** Shares in the recording beyond those on the platform, then. */
  readonly difference: number;
  /** Shares of it that messages proved, later, to be of orders numbered before the recording began. */
  older: number;
  rows: number;
}

/** A level that differs for no reason that the recording gives. */
export interface Unexplained {
  readonly row: number;
  readonly side: Side;
  readonly price: number;
  readonly recorded: number;
  /** What the recording says, less what is known to be missing. */
  readonly expected: number;
  readonly platform: number;
}

export interface ComparisonResult {
  readonly levels: number;
  readonly rows: number;
  /** At n: rows whose n best levels of both sides agree, for n from 1. */
  readonly rowsByBestLevels: readonly number[];
  /** Places of levels (rows × levels × two sides), by what became of them. */
  readonly places: {
    readonly agreeing: number;
    readonly explained: Record<Cause, number>;
    readonly unexplained: number;
  };
  readonly explained: readonly Explained[];
  readonly unexplained: readonly Unexplained[];
}

interface Difference {
  quantity: number;
  explained: Explained;
}

/** Unexplained levels that are kept to be shown; more are counted only. */
const MAX_UNEXPLAINED = 100;

/**
 * Compares the platform's book with the recorded one, row by row, in two ways. *By place*: is the n-th level the same? *By price*: every level that
 * the recording shows must be what it says, less a difference that is fixed when the level comes into the recording's sight and from then on changes only
 * by messages about orders that nobody could know. So a level may differ by orders that the recording does not tell of, and by nothing else.
 */
export class BookComparison {
  readonly #levels: number;
  readonly #differences: Record<Side, Map<number, Difference>> = { BUY: new Map(), SELL: new Map() };
  /** The worst price that the last row showed, and the worst that any row did; `undefined` before the first row. */
  readonly #sight: Record<Side, number | undefined> = { BUY: undefined, SELL: undefined };
  readonly #deepest: Record<Side, number | undefined> = { BUY: undefined, SELL: undefined };
  readonly #rowsByBestLevels: number[];
  readonly #places = {
    agreeing: 0,
    explained: { "never-shown": 0, "changed-out-of-sight": 0 },
    unexplained: 0,
  };
  readonly #explained: Explained[] = [];
  readonly #unexplained: Unexplained[] = [];
  #rows = 0;

  /** `levels`: how many a row has room for, each side. */
  constructor(levels: number) {
    this.#levels = levels;
    this.#rowsByBestLevels = new Array<number>(levels).fill(0);
  }

  /** The row after a message: as recorded, as it must be, and as it is on the platform. */
  compare(recorded: BookRow, mirror: MirrorBook, platform: BookRow, unmatched: readonly Unmatched[]): void {
    this.#rows++;
    for (const { side, price, quantity, older } of unmatched) {
      // Out of sight nothing is compared, and what comes into sight is measured anew.
      if (!this.#wasShown(side, price)) continue;
      const difference = this.#differenceAt(side, price, quantity);
      difference.quantity += quantity;
      difference.explained.older += older;
    }
    const agreeing = (["BUY", "SELL"] as const).map((side) =>
      this.#compareSide(side, recorded[side], mirror, platform[side]),
    );
    const best = Math.min(...agreeing);
    for (let level = 0; level < best; level++) {
      this.#rowsByBestLevels[level] = (this.#rowsByBestLevels[level] ?? 0) + 1;
    }
  }

  result(): ComparisonResult {
    return {
      levels: this.#levels,
      rows: this.#rows,
      rowsByBestLevels: this.#rowsByBestLevels,
      places: this.#places,
      explained: this.#explained,
      unexplained: this.#unexplained,
    };
  }

  /** How many of the best levels agree. */
  #compareSide(
    side: Side,
    recorded: readonly Level[],
    mirror: MirrorBook,
    platform: readonly Level[],
  ): number {
    const isFull = recorded.length >= this.#levels;
    const worst = isFull ? recorded.at(-1)?.price : undefined;
    const isShown = (price: number) => worst === undefined || !isBetter(side, worst, price);
    const byPrice = {
      recorded: new Map(recorded.map(({ price, quantity }) => [price, quantity])),
      platform: new Map(
        platform.filter(({ price }) => isShown(price)).map(({ price, quantity }) => [price, quantity]),
      ),
    };
    const prices = new Set([
      ...byPrice.recorded.keys(),
      ...byPrice.platform.keys(),
      ...mirror.levels(side).flatMap(({ price }) => (isShown(price) ? [price] : [])),
    ]);
    const wrong = new Set<number>();
    const causes = new Map<number, Explained>();
    for (const price of prices) {
      const inRecord = byPrice.recorded.get(price) ?? 0;
      if (!this.#wasShown(side, price))
        this.#comeIntoSight(side, price, inRecord - mirror.quantityAt(side, price));
      const difference = this.#differences[side].get(price);
      const expected = inRecord - (difference?.quantity ?? 0);
      const onPlatform = byPrice.platform.get(price) ?? 0;
      if (onPlatform !== expected) {
        wrong.add(price);
        this.#report({ row: this.#rows, side, price, recorded: inRecord, expected, platform: onPlatform });
      } else if (difference !== undefined && difference.quantity !== 0) {
        causes.set(price, difference.explained);
        difference.explained.rows++;
      }
    }
    this.#lookFrom(side, worst);
    return this.#comparePlaces(side, recorded, platform, wrong, causes);
  }

  #comparePlaces(
    side: Side,
    recorded: readonly Level[],
    platform: readonly Level[],
    wrong: ReadonlySet<number>,
    causes: ReadonlyMap<number, Explained>,
  ): number {
    let best = this.#levels;
    for (let at = 0; at < this.#levels; at++) {
      const [one, other] = [recorded[at], platform[at]];
      if (one?.price === other?.price && one?.quantity === other?.quantity) {
        this.#places.agreeing++;
        continue;
      }
      best = Math.min(best, at);
      // A level that is missing, too many or another moves all behind it: the nearest one at or before the place is why.
      const bound = one?.price ?? other?.price ?? 0;
      const isAtOrBefore = (price: number) => !isBetter(side, bound, price);
      const cause = nearest(side, [...causes.keys()].filter(isAtOrBefore));
      const explained = cause === undefined ? undefined : causes.get(cause);
      if (explained === undefined || [...wrong].some(isAtOrBefore)) this.#places.unexplained++;
      else this.#places.explained[explained.cause]++;
    }
    return best;
  }

  #wasShown(side: Side, price: number): boolean {
    if (this.#rows === 1) return true;
    const worst = this.#sight[side];
    return worst === undefined || !isBetter(side, worst, price);
  }

  #comeIntoSight(side: Side, price: number, quantity: number): void {
    const known = this.#differences[side].get(price);
    if (quantity === 0) {
      this.#differences[side].delete(price);
      return;
    }
    if (known?.quantity === quantity) return;
    this.#differences[side].delete(price);
    this.#differenceAt(side, price, quantity).quantity = quantity;
  }

  /** The known difference at a price, or a new one of 0 whose first quantity will be this. */
  #differenceAt(side: Side, price: number, quantity: number): Difference {
    const known = this.#differences[side].get(price);
    if (known !== undefined) return known;
    const deepest = this.#deepest[side];
    const wasEverShown = deepest === undefined || !isBetter(side, deepest, price);
    const cause: Cause = wasEverShown ? "changed-out-of-sight" : "never-shown";
    const explained = { side, price, cause, row: this.#rows, difference: quantity, older: 0, rows: 0 };
    this.#explained.push(explained);
    const difference = { quantity: 0, explained };
    this.#differences[side].set(price, difference);
    return difference;
  }

  #lookFrom(side: Side, worst: number | undefined): void {
    const deepest = this.#deepest[side];
    if (worst === undefined) this.#deepest[side] = undefined;
    else if (this.#rows === 1 || (deepest !== undefined && isBetter(side, deepest, worst)))
      this.#deepest[side] = worst;
    this.#sight[side] = worst;
  }

  #report(unexplained: Unexplained): void {
    if (this.#unexplained.length < MAX_UNEXPLAINED) this.#unexplained.push(unexplained);
  }
}

/** The worst of some prices, which is the nearest one before a place behind them all. */
function nearest(side: Side, prices: readonly number[]): number | undefined {
  return prices.reduce<number | undefined>(
    (worst, price) => (worst === undefined || isBetter(side, worst, price) ? price : worst),
    undefined,
  );
}
