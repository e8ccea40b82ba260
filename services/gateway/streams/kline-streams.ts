import type { MarketId } from "#shared/domain/ids.ts";
import type { CandleRow, TradeRow } from "#shared/ports/projections.ts";
import { findMarket } from "../rest/find-market.ts";
import { LIVE_INTERVALS } from "../sockets/kline-publisher.ts";
import { aggregateCandles, type Interval, intervalStart, nextInterval } from "../views/intervals.ts";
import type { MarketsView } from "../views/region-view.ts";
import type { StreamHub } from "./stream-hub.ts";
import { streamText } from "./stream-name.ts";
import { klinePayload } from "./stream-payloads.ts";

/** Candles of each followed market and interval: those that trades changed since the last flush, and each once more when it is over (`x`). */
export class KlineStreams {
  readonly #hub: StreamHub;
  readonly #view: MarketsView;
  /** By market, the time of the first trade since the last flush. */
  readonly #changedSince = new Map<MarketId, number>();
  /** By stream, the open time of the candle that was told last and was not over. */
  readonly #running = new Map<string, number>();

  constructor(hub: StreamHub, view: MarketsView) {
    this.#hub = hub;
    this.#view = view;
  }

  take(trades: readonly TradeRow[]): void {
    for (const { market, time } of trades)
      if (!this.#changedSince.has(market)) this.#changedSince.set(market, time);
  }

  rewound(): void {
    this.#changedSince.clear();
    this.#running.clear();
  }

  /** @param now of the shards, epoch ms */
  flush(now: number): void {
    for (const { id } of this.#view.markets())
      for (const interval of LIVE_INTERVALS) this.#tell(id, interval, now);
    this.#changedSince.clear();
  }

  #tell(market: MarketId, interval: Interval, now: number): void {
    const stream = streamText({ kind: "kline", market, interval });
    if (!this.#hub.isFollowed(stream)) {
      this.#running.delete(stream);
      return;
    }
    const running = this.#running.get(stream);
    const isOver = running !== undefined && nextInterval(interval, running) <= now;
    const changed = this.#changedSince.get(market);
    const since = Math.min(isOver ? running : Number.POSITIVE_INFINITY, changed ?? Number.POSITIVE_INFINITY);
    if (since === Number.POSITIVE_INFINITY) return;
    const terms = findMarket(this.#view, market);
    for (const candle of this.#candles(market, interval, since)) {
      this.#hub.tell(stream, () => klinePayload(terms, candle, interval, now));
      if (nextInterval(interval, candle.openTime) > now) this.#running.set(stream, candle.openTime);
      else this.#running.delete(stream);
    }
    if (isOver && this.#running.get(stream) === running) this.#running.delete(stream);
  }

  #candles(market: MarketId, interval: Interval, since: number): CandleRow[] {
    const start = intervalStart(interval, since);
    const minutes = this.#view.recentCandles(market);
    const first = minutes.findIndex(({ openTime }) => openTime >= start);
    return first === -1 ? [] : aggregateCandles(minutes.slice(first), interval);
  }
}
