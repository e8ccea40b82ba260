import { fatalText } from "../cli/fatal.ts";
import type { FromChild, ToChild } from "./child-messages.ts";

/** A process of the platform while it runs. */
export interface RunningChild {
  stop(): Promise<void>;
}

/** What a process of the platform has of its supervisor. */
export interface ChildContext {
  reportPorts(ports: Readonly<Record<string, number>>): void;
  reportObservation(observation: unknown): void;
  reportDivergence(shard: string): void;
  /** `listener` is called with every update. */
  onUpdate(listener: (update: unknown) => void): void;
  /** An error that the process cannot go on from. */
  fail(error: unknown): void;
}

/** An orderly end may take so long; then the process ends all the same. */
const STOP_MS = 8000;

/**
 * The main program of a process of the platform: waits for its configuration, runs, and stops when its supervisor tells it to, or is gone, however that
 * ended. What stops a whole service reaches it too, but its supervisor decides the order in which things stop.
 */
export function runChild<Config>(
  start: (config: Config, context: ChildContext) => Promise<RunningChild>,
): void {
  const tell = (message: FromChild) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  };
  const fail = (error: unknown): void => {
    const line = fatalText(error);
    tell({ t: "fatal", name: error instanceof Error ? error.name : "", line });
    process.stderr.write(`${line}\n`);
    process.exit(1);
  };
  let running: Promise<RunningChild> | undefined;
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), STOP_MS).unref();
    // A start that hangs, as one that waits for others does, has nothing that must be ended in order.
    if (running === undefined) process.exit(0);
    running.then((child) => child.stop()).then(() => process.exit(0), fail);
  };
  let onUpdate: (update: unknown) => void = () => {};
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  process.on("disconnect", stop);
  process.on("uncaughtException", fail);
  process.on("message", (message: ToChild) => {
    if (message.t === "stop") stop();
    else if (message.t === "update") onUpdate(message.update);
    else if (running === undefined) {
      running = start(message.config as Config, {
        reportPorts: (ports) => tell({ t: "ports", ports }),
        reportObservation: (observation) => tell({ t: "observation", observation }),
        reportDivergence: (shard) => tell({ t: "divergence", shard }),
        onUpdate: (listener) => {
          onUpdate = listener;
        },
        fail,
      });
      running.then(() => tell({ t: "ready" }), fail);
    }
  });
}
