import type { RegionStatusMessage } from "#shared/protocol/region-messages.ts";
import type { ExchangeStatus } from "../regions/exchange-status.ts";
import type { GatewaySocket } from "./socket-types.ts";
import type { ToldRooms } from "./told-rooms.ts";

/** Tells everybody how Regions and shards stand: at first, and at each flush if that is not as it was. */
export class RegionPublisher {
  readonly #rooms: ToldRooms;
  readonly #status: ExchangeStatus;
  #told = "";

  constructor(rooms: ToldRooms, status: ExchangeStatus) {
    this.#rooms = rooms;
    this.#status = status;
  }

  welcome(socket: GatewaySocket): void {
    socket.emit("region", this.#status.now());
  }

  flush(): void {
    const message = this.#status.now();
    const text = contentOf(message);
    if (text === this.#told) return;
    this.#told = text;
    this.#rooms.emit("region", message);
  }
}

/** Seqs go on all the time, and other messages tell them; round trips differ a little each time. */
function contentOf({ regions, shards, ...message }: RegionStatusMessage): string {
  return JSON.stringify({
    ...message,
    regions: regions.map(({ roundTripMs, ...region }) => ({ ...region, roundTripMs: coarse(roundTripMs) })),
    shards: shards.map(({ seq: _seq, finalSeq: _final, lagMs, ...shard }) => ({
      ...shard,
      lagMs: coarse(lagMs),
    })),
  });
}

function coarse(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms / 20) * 20;
}
