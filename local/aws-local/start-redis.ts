import type { Clock } from "#shared/ports/clock.ts";
import { type RunningServer, runServer } from "./run-server.ts";

/** A Redis server, and its address as clients want it. */
export interface RedisServer extends RunningServer {
  readonly redisUrl: string;
}

/** Starts redis-server (`REDIS_SERVER_PATH`, or on the PATH) in memory. On the same `port` it comes back where it was, empty. */
export async function startRedis({
  clock,
  port,
}: {
  readonly clock: Clock;
  readonly port?: number;
}): Promise<RedisServer> {
  const server = await runServer({
    name: "redis-server",
    clock,
    ...(port === undefined ? {} : { port }),
    program: (free) => ({
      file: process.env.REDIS_SERVER_PATH ?? "redis-server",
      args: ["--port", String(free), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    }),
  });
  return { ...server, redisUrl: `redis://127.0.0.1:${server.port}` };
}
