import type { Clock } from "#shared/ports/clock.ts";
import type { LinkAnswer } from "#shared/ports/region-link.ts";

/** What the promise gives within so long; `unreachable` where it is late or fails, as on any link. */
export async function inTime<T>(answer: Promise<T>, clock: Clock, timeoutMs: number): Promise<LinkAnswer<T>> {
  const { promise, resolve } = Promise.withResolvers<LinkAnswer<T>>();
  const unreachable = { ok: false, error: "unreachable" } as const;
  const timer = clock.schedule(timeoutMs, () => resolve(unreachable));
  answer.then(
    (value) => resolve({ ok: true, answer: value }),
    () => resolve(unreachable),
  );
  const result = await promise;
  timer.cancel();
  return result;
}
