import type { MarketId } from "#shared/domain/ids.ts";
import type { CandleRow } from "#shared/ports/projections.ts";
import { aggregateCandles, INTERVALS, type Interval, intervalStart } from "../views/intervals.ts";
import type { RegionView, ViewUpdate } from "../views/region-view.ts";
import { klineRoom } from "./rooms.ts";
import type { GatewaySocket } from "./socket-types.ts";
import type { ToldRooms } from "./told-rooms.ts";
import type { WireMessages } from "./wire-messages.ts";

/** The view remembers a day of minutes: the candles of longer intervals cannot be made from it. */
export const LIVE_INTERVALS: readonly Interval[] = INTERVALS.slice(0, INTERVALS.indexOf("1d") + 1);

/** The candles of each followed market and interval that trades changed since the last flush. */
export class KlinePublisher {
  readonly #rooms: ToldRooms;
  readonly #view: RegionView;
  readonly #wire: WireMessages;
  /** By market, the time of the first trade since the last flush: an older candle may have had its last change. */
  readonly #changedSince = new Map<MarketId, number>();

  constructor(rooms: ToldRooms, view: RegionView, wire: WireMessages) {
    this.#rooms = rooms;
    this.#view = view;
    this.#wire = wire;
  }

  take({ trades }: ViewUpdate): void {
    for (const { market, time } of trades) {
      if (!this.#changedSince.has(market)) this.#changedSince.set(market, time);
    }
  }

  /** Candles from the view's time on are what they were no more. */
  rewound(): void {
    for (const { id } of this.#view.markets()) this.#changedSince.set(id, this.#view.time);
  }

  flush(): void {
    for (const [market, since] of this.#changedSince) {
      for (const interval of LIVE_INTERVALS) {
        const room = klineRoom(market, interval);
        if (!this.#rooms.has(room)) continue;
        for (const candle of this.#candles(market, interval, since)) {
          this.#rooms.to(room).emit("kline", this.#wire.kline(candle, interval));
        }
      }
    }
    this.#changedSince.clear();
  }

  /** Sends the newest candle, if there was a trade in the last day. */
  join(socket: GatewaySocket, market: MarketId, interval: Interval): void {
    const last = this.#view.recentCandles(market).at(-1);
    if (last !== undefined) {
      for (const candle of this.#candles(market, interval, last.openTime)) {
        socket.emit("kline", this.#wire.kline(candle, interval));
      }
    }
    void socket.join(klineRoom(market, interval));
  }

  #candles(market: MarketId, interval: Interval, since: number): CandleRow[] {
    const start = intervalStart(interval, since);
    const minutes = this.#view.recentCandles(market);
    let first = minutes.length;
    while (first > 0 && (minutes[first - 1]?.openTime ?? 0) >= start) first--;
    return aggregateCandles(minutes.slice(first), interval);
  }
}
