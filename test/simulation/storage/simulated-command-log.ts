import type { AppendResult, CommandLog, LogRecord, Subscription } from "#shared/ports/command-log.ts";
import type { Life } from "#test/simulation/process/life.ts";
import { LogFile } from "./log-file.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";
import { BATCH, SimulatedSubscription } from "./simulated-subscription.ts";

export interface SimulatedCommandLogOptions {
  readonly maxWaiting?: number;
  /** Of a thousand records, so many leave a gap of positions before them. */
  readonly gapPerMille?: number;
  /** Told when a commit failed; the log then takes nothing more. */
  readonly onFailure?: (error: unknown) => void;
}

/** A command log on a simulated disk, which fails as the SQLite adapter does. */
export function openSimulatedCommandLog(
  disk: SimulatedDisk,
  name: string,
  life: Life,
  options: SimulatedCommandLogOptions = {},
): CommandLog {
  const gap = () => (disk.random.perMille(options.gapPerMille ?? 0) ? disk.random.between(1, 5) : 0);
  const file = disk.file(`log ${name}`, () => new LogFile(gap));
  const commits = disk.commits("command log", name, life);
  const subscriptions = new Set<SimulatedSubscription<LogRecord>>();
  let state: "open" | "failed" | "closed" = "open";
  const notify = () => {
    for (const subscription of subscriptions) subscription.notify();
  };
  return {
    append: async (bytes): Promise<AppendResult> => {
      if (life.isOver) return new Promise(() => {});
      if (state !== "open") return { ok: false, error: "closed" };
      if (commits.length >= (options.maxWaiting ?? 20_000)) return { ok: false, error: "overloaded" };
      const copy = new Uint8Array(bytes);
      try {
        const position = await commits.write(() => {
          const given = file.append(copy);
          notify();
          return given;
        });
        const { lostAnswerPerMille } = disk.weather;
        // As Kinesis may: the record is there, the log goes on, and nobody knows.
        if (lostAnswerPerMille > 0 && disk.random.perMille(lostAnswerPerMille))
          return { ok: false, error: "unknown" };
        return { ok: true, position };
      } catch (error) {
        // Whether it was written is known only after a restart: the honest answer is "unknown".
        if (state === "open") {
          state = "failed";
          options.onFailure?.(error);
        }
        return { ok: false, error: "unknown" };
      }
    },
    read: (after, limit) =>
      disk.reading(life, () => {
        if (state === "closed") throw new Error(`the log ${name} is closed`);
        return file.read(after, limit);
      }),
    subscribe: (after, onRecords): Subscription => {
      let position = after;
      const next = () => {
        const records = state === "closed" ? [] : file.read(position, BATCH);
        position = records.at(-1)?.position ?? position;
        return records;
      };
      const subscription = new SimulatedSubscription(life, next, onRecords);
      subscriptions.add(subscription);
      subscription.notify();
      return {
        cancel: () => {
          subscription.cancel();
          subscriptions.delete(subscription);
        },
      };
    },
    lastPosition: () => file.last,
    trim: (through) => commits.write(() => file.trim(through)),
    close: async () => {
      if (state === "closed") return;
      commits.flush();
      state = "closed";
      for (const subscription of subscriptions) subscription.cancel();
    },
  };
}
