import type { FeedVerdict } from "./feed-client.ts";
import type { DepthMessage, WireLevel } from "./socket.ts";

/**
 * A market's book as a client keeps it from a snapshot and the differences after it: no I/O. On `gap` the client sends `subscribe`
 * again (also after a reconnect): a new snapshot follows, and until then differences are `waiting`.
 */
export class DepthBook {
  readonly #levels = { bids: new Map<string, string>(), asks: new Map<string, string>() };
  readonly #sorted: { bids: readonly WireLevel[] | undefined; asks: readonly WireLevel[] | undefined } = {
    bids: undefined,
    asks: undefined,
  };
  #lastUpdateId: number | undefined;

  /** The last update in the book; `undefined` before the first snapshot and after a gap. */
  get lastUpdateId(): number | undefined {
    return this.#lastUpdateId;
  }

  receive(message: DepthMessage): FeedVerdict {
    if (message.snapshot) {
      this.#levels.bids.clear();
      this.#levels.asks.clear();
    } else {
      const last = this.#lastUpdateId;
      if (last === undefined) return "waiting";
      if (message.finalUpdateId <= last) return "duplicate";
      if (message.firstUpdateId > last + 1) {
        this.#lastUpdateId = undefined;
        return "gap";
      }
    }
    this.#put("bids", message.bids);
    this.#put("asks", message.asks);
    if (message.snapshot) {
      this.#sorted.bids = undefined;
      this.#sorted.asks = undefined;
    }
    this.#lastUpdateId = message.finalUpdateId;
    return "apply";
  }

  /** Best first: [price, quantity]. */
  levels(side: "bids" | "asks", limit: number): readonly WireLevel[] {
    let sorted = this.#sorted[side];
    if (sorted === undefined) {
      const sign = side === "bids" ? -1 : 1;
      sorted = [...this.#levels[side]].sort(([a], [b]) => sign * comparePrices(a, b));
      this.#sorted[side] = sorted;
    }
    return sorted.slice(0, limit);
  }

  #put(side: "bids" | "asks", levels: readonly WireLevel[]): void {
    if (levels.length === 0) return;
    this.#sorted[side] = undefined;
    for (const [price, quantity] of levels) {
      if (/[1-9]/.test(quantity)) this.#levels[side].set(price, quantity);
      else this.#levels[side].delete(price);
    }
  }
}

/** Compares unsigned decimals of the same number of fraction digits, without leading zeros, as text: exact. */
function comparePrices(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
