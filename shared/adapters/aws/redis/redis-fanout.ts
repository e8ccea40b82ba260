import { createAdapter } from "@socket.io/redis-adapter";
import { Emitter } from "@socket.io/redis-emitter";
import type { Server } from "socket.io";
import type { Fanout } from "#shared/ports/fanout.ts";
import { connectRedis, type RedisOptions } from "./redis-connection.ts";

/** Messages that may be on their way to Redis at a time; beyond that Redis is not keeping up, and they are dropped as if it were away. */
const PENDING_MAX = 10_000;

/**
 * Emits into rooms over Redis, without a Socket.IO server of its own: what a matching task uses. While Redis is away messages are dropped and not queued: they would come late, in a burst, and feeds are repaired by their seq anyway.
 */
export function createRedisFanout(options: RedisOptions): Fanout & { readonly isConnected: boolean } {
  const redis = connectRedis(options, "fail");
  let pending = 0;
  const publish = (channel: string, message: Buffer) => {
    pending++;
    redis.publish(channel, message).then(
      () => pending--,
      // Told of by the connection's own error.
      () => pending--,
    );
  };
  const emitter = new Emitter({ publish });
  return {
    get isConnected() {
      return redis.status === "ready";
    },
    emit: (room, event, message) => {
      if (redis.status !== "ready" || pending >= PENDING_MAX) return false;
      emitter.to(room).emit(event, message);
      return true;
    },
    close: async () => redis.disconnect(),
  };
}

export interface AttachOptions extends RedisOptions {
  /** The connection was lost and is back: what was told meanwhile was not heard. */
  readonly onBack?: () => void;
}

/** What a gateway holds of Redis. */
export interface AttachedRedis {
  /** True while what others emit comes in. */
  readonly isConnected: boolean;
  close(): Promise<void>;
}

/**
 * Lets a gateway's Socket.IO server hear what is emitted over Redis. Classic pub/sub: the emitter speaks no other. Every gateway is sent every message of the Region, and decodes only those of a room that somebody at it is in (the room stands in the
 * channel's name, as long as a message goes to one room). When Redis goes and comes back, sockets stay: the subscriptions are made again by the connection.
 */
export function attachRedis(io: Server, options: AttachOptions): AttachedRedis {
  const publisher = connectRedis(options, "fail");
  const subscriber = connectRedis(options, "stay");
  let wasReady = false;
  subscriber.on("ready", () => {
    if (wasReady) options.onBack?.();
    wasReady = true;
  });
  io.adapter(
    createAdapter(publisher, subscriber, { requestsTimeout: 2000, publishOnSpecificResponseChannel: true }),
  );
  return {
    get isConnected() {
      return subscriber.status === "ready";
    },
    close: async () => {
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}
