import type { Server } from "socket.io";
import type { Clock } from "#shared/ports/clock.ts";
import type { Fanout } from "#shared/ports/fanout.ts";
import { LastTold } from "./last-told.ts";
import type { RedisOptions } from "./redis-connection.ts";
import { attachRedis, createRedisFanout } from "./redis-fanout.ts";

export interface JoinOptions extends RedisOptions {
  readonly clock: Clock;
}

/** Subscriptions are made again a moment after the connection is. */
const SUBSCRIBED_WITHIN_MS = 200;

/**
 * A gateway's fan-out over Redis: what it tells goes there, and what anyone told comes from there to the sockets that it holds, its own messages too. When Redis was away and is back, each room hears once more what
 * was told to it last: a client that missed nothing drops it, one that missed more sees by `previousSeq` that it did, and asks. Without that a quiet market would stay wrong until its next trade.
 */
export function joinRedisFanout(
  io: Server,
  options: JoinOptions,
): Fanout & { readonly isConnected: boolean } {
  const last = new LastTold();
  const heard = attachRedis(io, {
    ...options,
    onBack: () =>
      void options.clock.schedule(SUBSCRIBED_WITHIN_MS, () => {
        for (const { room, event, message } of last.all()) io.local.to(room).emit(event, message);
      }),
  });
  const told = createRedisFanout(options);
  const { adapter } = io.of("/");
  adapter.on("delete-room", (room: string) => last.forget(room));
  return {
    get isConnected() {
      return heard.isConnected && told.isConnected;
    },
    emit: (room, event, message) => {
      if (adapter.rooms.has(room)) last.note({ room, event, message });
      return told.emit(room, event, message);
    },
    close: async () => {
      await told.close();
      await heard.close();
    },
  };
}
