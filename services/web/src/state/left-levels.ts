import type { WireLevel } from "#shared/protocol/socket.ts";
import { wireUnits } from "../money/decimal.ts";
import type { Book, LeftLevel } from "./types.ts";

/** How long a book that was replaced is compared with the new one, and how long what has left is then shown; ms. */
export const LEFT_MS = 3000;
/** So many replaced books are compared at most. */
export const REPLACED_MAX = 3;

const SIDES = ["bids", "asks"] as const;

type Sides = Pick<Book, "bids" | "asks">;

/** A book as it is now: of each side the best levels, at most `limit`. */
export interface BookNow extends Sides {
  readonly limit: number;
}

/**
 * What has left the book since it was replaced: a fork was given up, another Region has taken over, or the page had missed something. These are the levels of the replaced books that are not
 * there now, whether the new one came without them or lost them as it caught up. Levels that it does not reach, as it is cut at its limit, may well be there; what is there again has
 * not left. `round` names this moment, so that all that leaves in it is forgotten together.
 */
export function leftLevels(
  replaced: readonly Sides[],
  left: readonly LeftLevel[],
  now: BookNow,
  round: number,
): readonly LeftLevel[] {
  const there = { bids: pricesOf(now.bids), asks: pricesOf(now.asks) };
  const known = new Map<string, LeftLevel>();
  for (const level of [...left, ...SIDES.flatMap((side) => levelsOf(replaced, side, round))]) {
    const { side, price } = level;
    const name = `${side} ${price}`;
    if (!known.has(name) && !there[side].has(price) && isWithin(now, side, price)) known.set(name, level);
  }
  return [...known.values()];
}

/** What has left one side, best first. */
export function leftOn(side: LeftLevel["side"], left: readonly LeftLevel[]): WireLevel[] {
  const sign = side === "bids" ? -1 : 1;
  return left
    .filter((level) => level.side === side)
    .map(({ price, quantity }): WireLevel => [price, quantity])
    .sort(([a], [b]) => sign * (wireUnits(a) < wireUnits(b) ? -1 : 1));
}

/** Of the same price the newest. */
function levelsOf(replaced: readonly Sides[], side: LeftLevel["side"], round: number): LeftLevel[] {
  const newestFirst = replaced.toReversed().flatMap((book) => book[side]);
  return newestFirst.map(([price, quantity]) => ({ side, price, quantity, round }));
}

function isWithin(now: BookNow, side: LeftLevel["side"], price: string): boolean {
  const last = now[side].length < now.limit ? undefined : now[side].at(-1);
  if (last === undefined) return true;
  const [reach, units] = [wireUnits(last[0]), wireUnits(price)];
  return side === "bids" ? units >= reach : units <= reach;
}

function pricesOf(levels: readonly WireLevel[]): ReadonlySet<string> {
  return new Set(levels.map(([price]) => price));
}
