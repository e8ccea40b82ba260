import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Clock } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import { binaryProgram } from "./binary-program.ts";
import { type RunningServer, runServer } from "./run-server.ts";

/** A Redis server, and its address as clients want it. */
export interface RedisServer extends RunningServer {
  readonly redisUrl: string;
}

/** Starts redis-server (`REDIS_SERVER_PATH`, or on the PATH) in memory. On the same `port` it comes back where it was, empty. */
export async function startRedis({
  clock,
  port,
  token,
}: {
  readonly clock: Clock;
  readonly port?: number;
  /** What it asks for before it answers. */
  readonly token?: string | undefined;
}): Promise<RedisServer> {
  const program = process.env.REDIS_SERVER_PATH ?? "redis-server";
  if (!(await isInstalled(program)))
    throw new OperatingError(
      `Redis is not installed (its program ${program}); install it, or name it by REDIS_SERVER_PATH.`,
    );
  const server = await runServer({
    name: "redis-server",
    clock,
    ...(port === undefined ? {} : { port }),
    program: (free) =>
      binaryProgram(program, [
        "--port",
        `${free}`,
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--appendonly",
        "no",
        ...(token === undefined ? [] : ["--requirepass", token]),
      ]),
  });
  return { ...server, redisUrl: `redis://127.0.0.1:${server.port}` };
}

async function isInstalled(program: string): Promise<boolean> {
  return promisify(execFile)(program, ["--version"]).then(
    () => true,
    () => false,
  );
}
