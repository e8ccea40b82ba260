import { seededRandom } from "#test/support/seeded-random.ts";
import { BUY, CANCEL, type Flow, PLACE, SELL, WORDS } from "./flow.ts";

export interface FlowOptions {
  readonly name: string;
  readonly seed: number;
  /** Orders that rest in the book before the measured commands, half of them on each side. */
  readonly resting: number;
  readonly commands: number;
}

/** A flow over an empty book, and one over 100,000 resting orders at 5,000 prices. */
export const FLOWS: readonly FlowOptions[] = [
  { name: "thin", seed: 7, resting: 0, commands: 200_000 },
  { name: "deep", seed: 8, resting: 100_000, commands: 200_000 },
];

const MID = 100_000;
const RESTING_PRICES = 2500;
const MAX_QUANTITY = 100;
/** Of 100 commands so many are cancels. */
const CANCELS = 39;
/** How far from the mid an order may be, and how far beyond it, ticks. */
const REACH = 60;
const CROSS = 1;

/**
 * Orders around a mid price that wanders, most of them near it, some across it, and cancels: of recent orders more often than of old ones, each order
 * once, some of them filled before. The same options give the same flow.
 */
export function makeFlow({ name, seed, resting, commands }: FlowOptions): Flow {
  const random = seededRandom(seed);
  const words = new Int32Array(WORDS * (resting + commands));
  const open: number[] = [];
  let [at, id, mid] = [0, 0, MID];
  const put = (op: number, side: number, order: number, price: number, quantity: number) => {
    words.set([op, side, order, price, quantity], WORDS * at++);
  };
  const place = (side: number, away: number) => {
    put(PLACE, side, ++id, side === BUY ? mid - away : mid + away, 1 + random.below(MAX_QUANTITY));
    open.push(id);
  };

  for (let count = 0; count < resting; count++)
    place(count % 2 === 0 ? BUY : SELL, 1 + random.below(RESTING_PRICES));
  for (let count = 0; count < commands; count++) {
    if (random.below(20) === 0) mid += random.below(3) - 1;
    if (open.length > 0 && random.below(100) < CANCELS) {
      const back = Math.floor(open.length * squared(random.below(1000)));
      const [order = 0] = open.splice(open.length - 1 - back, 1);
      put(CANCEL, 0, order, 0, 0);
    } else {
      place(random.below(2) === 0 ? BUY : SELL, Math.floor(REACH * squared(random.below(1000))) - CROSS);
    }
  }
  return { name, setup: resting, commands, words };
}

/** 0 to 1, most of it small. */
function squared(thousandths: number): number {
  return (thousandths / 1000) ** 2;
}
