import { OrderBook, Side } from "nodejs-order-book";
import { BUY, type Flow, PLACE, WORDS } from "../flows/flow.ts";
import { type Contender, timed } from "./contender.ts";

interface Call {
  readonly id: string;
  /** None for a cancel. */
  readonly limit: { id: string; side: Side; size: number; price: number } | undefined;
}

/** The engine that people install from npm: a book without accounts, fees or deduplication. */
export const nodejsOrderBook: Contender = {
  name: "nodejs-order-book",
  run(flow) {
    // What it is called with is made before the clock runs.
    const calls = callsOf(flow);
    const book = new OrderBook();
    for (const call of calls.slice(0, flow.setup)) apply(book, call);
    const measured = calls.slice(flow.setup);
    return timed(() => {
      let trades = 0;
      for (const call of measured) trades += apply(book, call);
      return trades;
    });
  },
};

/** How many trades a call gave: makers that were filled, and one that was filled in part. */
function apply(book: OrderBook, { id, limit }: Call): number {
  if (limit === undefined) {
    book.cancel(id);
    return 0;
  }
  const { done, partial, err } = book.limit(limit);
  if (err !== null) throw err;
  let trades = 0;
  for (const order of done) if (order.id !== id) trades++;
  return partial !== null && partial.id !== id ? trades + 1 : trades;
}

function callsOf({ words }: Flow): Call[] {
  const calls: Call[] = [];
  for (let at = 0; at < words.length; at += WORDS) {
    const [op, side, order = 0, price = 0, size = 0] = words.subarray(at, at + WORDS);
    const id = String(order);
    const limit = { id, side: side === BUY ? Side.BUY : Side.SELL, size, price };
    calls.push({ id, limit: op === PLACE ? limit : undefined });
  }
  return calls;
}
