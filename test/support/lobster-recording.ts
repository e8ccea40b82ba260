import type { Random } from "#shared/ports/random.ts";
import { seededRandom } from "./seeded-random.ts";

/** A recording in LOBSTER's format, of a market that never was. */
export interface Recording {
  readonly messages: string;
  readonly book: string;
}

export interface RecordingOptions {
  /** Which recording: the same number makes the same one. The files in test/fixtures/replay are one of them. */
  readonly number: number;
  readonly messages: number;
  /** Levels that a row of the book shows, each side. */
  readonly levels: number;
  /** Price levels on which orders may stand, each side; with more than `levels` some are out of sight. */
  readonly depth: number;
}

interface Order {
  readonly id: number;
  readonly isBid: boolean;
  readonly price: number;
  size: number;
}

const MID = 1_000_000;
const TICK = 100;
const OLDER_ORDERS = 40;
/** Numbers of orders that are in the book before the first message, and of those after it. */
const FIRST_OLDER = 1000;
const FIRST_NEW = 5000;

/**
 * Makes a recording by LOBSTER's rules: orders older than the first message have numbers of their own and appear in the book only; executions meet the first
 * order at the best price; a message that changes nothing among the best `levels` is not recorded.
 */
export function makeRecording({ number, messages: count, levels, depth }: RecordingOptions): Recording {
  const random = seededRandom(number);
  const orders: Order[] = [];
  const messages: string[] = [];
  const rows: string[] = [];
  let nextId = FIRST_OLDER;
  let nanoseconds = 34_200_000_000_000;
  const newOrder = (): Order => {
    const isBid = random.below(2) === 0;
    const away = (1 + random.below(depth)) * TICK;
    return { id: nextId++, isBid, price: isBid ? MID - away : MID + away, size: 1 + random.below(300) };
  };
  for (let older = 0; older < OLDER_ORDERS; older++) orders.push(newOrder());
  nextId = FIRST_NEW;

  while (messages.length < count) {
    const before = rowOf(orders, levels);
    const message = change(orders, random, newOrder);
    const row = rowOf(orders, levels);
    nanoseconds += 1 + random.below(50_000_000);
    if (message === undefined || (row === before && !/^[57]/.test(message))) continue;
    const seconds = Math.floor(nanoseconds / 1e9);
    messages.push(`${seconds}.${String(nanoseconds % 1e9).padStart(9, "0")},${message}`);
    rows.push(row);
  }
  return { messages: `${messages.join("\n")}\n`, book: `${rows.join("\n")}\n` };
}

/** Changes the orders and says how, without the time. */
function change(orders: Order[], random: Random, newOrder: () => Order): string | undefined {
  const dice = random.below(100);
  if (dice < 2) return `7,0,0,${random.below(2) === 0 ? "-1" : "1"},-1`;
  if (dice < 6) return `5,0,${1 + random.below(50)},${MID + 50 - random.below(100)},1`;
  if (dice < 50) {
    const order = newOrder();
    orders.push(order);
    return text(1, order, order.size);
  }
  if (dice < 65) {
    const isBid = random.below(2) === 0;
    const best = sorted(orders, isBid)[0];
    if (best === undefined) return undefined;
    const size = 1 + random.below(best.size);
    take(orders, best, size);
    return text(4, best, size);
  }
  const order = orders[random.below(Math.max(1, orders.length))];
  if (order === undefined) return undefined;
  const size = dice < 75 && order.size > 1 ? 1 + random.below(order.size - 1) : order.size;
  const kind = size < order.size ? 2 : 3;
  take(orders, order, size);
  return text(kind, order, size);
}

function take(orders: Order[], order: Order, size: number): void {
  order.size -= size;
  if (order.size === 0) orders.splice(orders.indexOf(order), 1);
}

function text(type: number, { id, price, isBid }: Order, size: number): string {
  return `${type},${id},${size},${price},${isBid ? 1 : -1}`;
}

/** By price, then by time: the array is in the order of placement and sorting is stable. */
function sorted(orders: readonly Order[], isBid: boolean): Order[] {
  const side = orders.filter((order) => order.isBid === isBid);
  return side.sort((a, b) => (isBid ? b.price - a.price : a.price - b.price));
}

function rowOf(orders: readonly Order[], levels: number): string {
  const [asks, bids] = [levelsOf(orders, false), levelsOf(orders, true)];
  return Array.from({ length: levels }, (_, at) => {
    const [askPrice, askSize] = asks[at] ?? [9_999_999_999, 0];
    const [bidPrice, bidSize] = bids[at] ?? [-9_999_999_999, 0];
    return `${askPrice},${askSize},${bidPrice},${bidSize}`;
  }).join(",");
}

function levelsOf(orders: readonly Order[], isBid: boolean): [number, number][] {
  const levels = new Map<number, number>();
  for (const { price, size } of sorted(orders, isBid)) levels.set(price, (levels.get(price) ?? 0) + size);
  return [...levels];
}
