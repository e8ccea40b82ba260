import { setTimeout as sleep } from "node:timers/promises";
import type { Lane } from "./lane.ts";

/**
 * Sends so many orders a second, whether or not earlier ones have their status yet, each lane one at a time. Milliseconds from the moment that an order was due (not
 * from when a late client came to send it) until its status was there.
 */
export async function openLoop(
  lanes: readonly Lane[],
  perSecond: number,
  seconds: number,
): Promise<number[]> {
  const latencies: number[] = [];
  const free = [...lanes];
  const due: number[] = [];
  const total = perSecond * seconds;
  const { promise: finished, resolve, reject } = Promise.withResolvers<void>();
  const pump = () => {
    while (due.length > 0 && free.length > 0) {
      const lane = free.shift();
      const time = due.shift();
      if (lane === undefined || time === undefined) return;
      lane.send().then(() => {
        latencies.push(performance.now() - time);
        free.push(lane);
        if (latencies.length === total) resolve();
        else pump();
      }, reject);
    }
  };
  const begin = performance.now();
  for (let scheduled = 0; scheduled < total; ) {
    await sleep(1);
    for (const now = performance.now(); scheduled < total; scheduled++) {
      const time = begin + (1000 * scheduled) / perSecond;
      if (time > now) break;
      due.push(time);
    }
    pump();
  }
  await finished;
  return latencies;
}
