import type { Clock } from "#shared/ports/clock.ts";
import { isUnknownOperation } from "./request-failure.ts";
import { type ShardBatch, type ShardSource, type ShardStart, startAfter } from "./shard-source.ts";

export interface FallbackOptions {
  readonly fanOut: ShardSource;
  readonly polling: ShardSource;
  readonly clock: Clock;
  /** True while this task holds the lease of its consumer: two that use one steal each other's subscription. */
  readonly mayFanOut: () => boolean;
  /** How long to poll before fan-out is tried again. */
  readonly pollForMs: number;
  /** Told when polling begins, and why. */
  readonly onPolling?: (reason: unknown) => void;
}

/** Failures of fan-out in a row before it is left alone for a while. */
const FAILURES_MAX = 3;

/** Fan-out while it works and this task may use it; polling otherwise, and for ever where the server does not know `SubscribeToShard`. */
export function fallbackSource(options: FallbackOptions): ShardSource {
  let failures = 0;
  let pollUntil = Number.NEGATIVE_INFINITY;
  const mayFanOut = () => options.mayFanOut() && options.clock.monotonic() >= pollUntil;

  async function* read(
    shard: string,
    start: ShardStart,
    signal: AbortSignal,
  ): AsyncGenerator<ShardBatch, void, undefined> {
    let place = start;
    while (!signal.aborted) {
      const isFanOut = mayFanOut();
      const source = isFanOut ? options.fanOut : options.polling;
      let hasSwitched = false;
      try {
        for await (const batch of source.read(shard, place, signal)) {
          if (isFanOut) failures = 0;
          place = startAfter(place, batch);
          yield batch;
          hasSwitched = mayFanOut() !== isFanOut;
          if (hasSwitched) break;
        }
      } catch (error) {
        if (!isFanOut || signal.aborted) throw error;
        failures++;
        if (isUnknownOperation(error)) pollUntil = Number.POSITIVE_INFINITY;
        else if (failures >= FAILURES_MAX) {
          failures = 0;
          pollUntil = options.clock.monotonic() + options.pollForMs;
        } else throw error;
        options.onPolling?.(error);
        hasSwitched = true;
      }
      if (!hasSwitched) return;
    }
  }

  return { read };
}
