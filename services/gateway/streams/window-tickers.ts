import type { Clock } from "#shared/ports/clock.ts";
import { averagePriceNow } from "../rest/average-price.ts";
import { findMarket } from "../rest/find-market.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import type { StreamHub } from "./stream-hub.ts";
import { streamText, WINDOW_MINUTES, WINDOWS, type Window } from "./stream-name.ts";
import { averagePricePayload, windowTickerPayload } from "./stream-payloads.ts";

/** Tickers of windows that move by minutes, and average prices: each second, if they changed, of what somebody follows. */
export class WindowTickers {
  readonly #hub: StreamHub;
  readonly #view: ExchangeView;
  readonly #clock: Clock;
  /** What each stream was told last, but for the times of the telling. */
  readonly #told = new Map<string, string>();

  constructor(hub: StreamHub, view: ExchangeView, clock: Clock) {
    this.#hub = hub;
    this.#view = view;
    this.#clock = clock;
  }

  /** Somebody began to follow it, and is told in its next period, changed or not. */
  followed(stream: string): void {
    this.#told.delete(stream);
  }

  rewound(): void {
    this.#told.clear();
  }

  flush(): void {
    for (const window of WINDOWS) this.#flushWindow(window);
    const now = this.#clock.now();
    for (const { id: market } of this.#view.markets()) {
      const stream = streamText({ kind: "avgPrice", market });
      if (!this.#hub.isFollowed(stream)) continue;
      const average = averagePriceNow(this.#view, findMarket(this.#view, market), now);
      if (this.#isTold(stream, JSON.stringify(average))) continue;
      this.#hub.tell(stream, () => averagePricePayload(market, average, now));
    }
  }

  #flushWindow(window: Window): void {
    const all = streamText({ kind: "allWindowTickers", window });
    const isAllFollowed = this.#hub.isFollowed(all);
    const now = this.#clock.now();
    const changed: ReturnType<typeof windowTickerPayload>[] = [];
    for (const { id: market } of this.#view.markets()) {
      const stream = streamText({ kind: "windowTicker", market, window });
      if (!isAllFollowed && !this.#hub.isFollowed(stream)) continue;
      const terms = findMarket(this.#view, market);
      const ticker = windowTickerPayload(this.#view, terms, window, WINDOW_MINUTES[window], now);
      if (this.#isTold(stream, JSON.stringify({ ...ticker, E: 0, O: 0, C: 0 }))) continue;
      changed.push(ticker);
      this.#hub.tell(stream, () => ticker);
    }
    if (changed.length > 0) this.#hub.tell(all, () => changed);
  }

  #isTold(stream: string, text: string): boolean {
    if (this.#told.get(stream) === text) return true;
    this.#told.set(stream, text);
    return false;
  }
}
