import { Redis } from "ioredis";

export interface RedisOptions {
  /** `redis://host:port`, or `rediss://` with TLS. */
  readonly url: string;
  /** What it asks for before it answers, if anything. */
  readonly token?: string | undefined;
  /** Told of each error of the connection, which goes on trying. */
  readonly onError: (error: Error) => void;
}

/** Between tries to connect: soon at first, and never longer. */
const RETRY_MS = 50;
const RETRY_MS_MAX = 1000;
const CONNECT_MS = 2000;

/**
 * A connection that outlives Redis: it tries again for ever, and takes a primary that has become a replica (`READONLY`) for one that is gone, so that a failover moves it.
 *
 * `whenAway`: what is asked while there is no connection fails at once (for what is worthless later), waits for it a while (for what somebody waits for), or waits until it is back (for subscriptions).
 */
export function connectRedis(
  { url, token, onError }: RedisOptions,
  whenAway: "fail" | "wait" | "stay",
): Redis {
  const redis = new Redis(url, {
    ...(token === undefined ? {} : { password: token }),
    connectTimeout: CONNECT_MS,
    retryStrategy: (times) => Math.min(times * RETRY_MS, RETRY_MS_MAX),
    reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 2 : false),
    enableOfflineQueue: whenAway !== "fail",
    maxRetriesPerRequest: whenAway === "stay" ? null : whenAway === "wait" ? 5 : 0,
    autoResubscribe: true,
  });
  redis.on("error", onError);
  return redis;
}
