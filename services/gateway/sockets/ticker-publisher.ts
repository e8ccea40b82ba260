import type { MarketId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { TickerMessage } from "#shared/protocol/socket.ts";
import type { RegionView } from "../views/region-view.ts";
import { tickerRoom } from "./rooms.ts";
import type { GatewaySocket } from "./socket-types.ts";
import type { ToldRooms } from "./told-rooms.ts";
import type { WireMessages } from "./wire-messages.ts";

/** The last 24 hours of each followed market: at each flush, if they are not as they were. */
export class TickerPublisher {
  readonly #rooms: ToldRooms;
  readonly #view: RegionView;
  readonly #wire: WireMessages;
  readonly #clock: Clock;
  /** By market, what the room was told last, as text. */
  readonly #told = new Map<MarketId, string>();

  constructor(rooms: ToldRooms, view: RegionView, wire: WireMessages, clock: Clock) {
    this.#rooms = rooms;
    this.#view = view;
    this.#wire = wire;
    this.#clock = clock;
  }

  flush(): void {
    for (const { id } of this.#view.markets()) {
      const room = tickerRoom(id);
      if (!this.#rooms.has(room)) {
        this.#told.delete(id);
        continue;
      }
      const message = this.#wire.ticker(id, this.#clock.now());
      const text = contentOf(message);
      if (text === this.#told.get(id)) continue;
      this.#told.set(id, text);
      this.#rooms.to(room).emit("ticker", message);
    }
  }

  /** What was told last may be undone: it is told again. */
  rewound(): void {
    this.#told.clear();
  }

  join(socket: GatewaySocket, market: MarketId): void {
    socket.emit("ticker", this.#wire.ticker(market, this.#clock.now()));
    void socket.join(tickerRoom(market));
  }
}

/** All but when and where it was made. */
function contentOf(message: TickerMessage): string {
  return JSON.stringify({ ...message, seq: 0, time: 0 });
}
