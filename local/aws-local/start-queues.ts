import { fileURLToPath } from "node:url";
import type { Clock } from "#shared/ports/clock.ts";
import { nodeProgram, type RunningServer, runServer } from "./run-server.ts";

export interface QueueServerOptions {
  readonly clock: Clock;
  readonly port?: number;
}

const PROGRAM = fileURLToPath(new URL("./queue-server.ts", import.meta.url));

/** Starts fauxqs: SNS and SQS with FIFO, filters and dead-letter queues, in memory. What is in it ends with it. */
export function startQueues({ clock, port }: QueueServerOptions): Promise<RunningServer> {
  return runServer({
    name: "fauxqs",
    clock,
    ...(port === undefined ? {} : { port }),
    program: (free) => nodeProgram(PROGRAM, [String(free)]),
    isReady: async (url) => {
      try {
        return (await fetch(`${url}/health`)).ok;
      } catch {
        return false;
      }
    },
  });
}
