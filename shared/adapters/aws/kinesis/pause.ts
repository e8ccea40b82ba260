import type { Clock } from "#shared/ports/clock.ts";

/** Waits, or until the signal says that nobody waits any more. */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      timer.cancel();
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = clock.schedule(delayMs, end);
    signal?.addEventListener("abort", end, { once: true });
  });
}

/** Calls with a signal that ends the call when its time is over, or when `signal` says so. */
export async function within<T>(
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (signal?.aborted === true) abort();
  signal?.addEventListener("abort", abort, { once: true });
  const timer = clock.schedule(timeoutMs, abort);
  try {
    return await call(controller.signal);
  } finally {
    timer.cancel();
    signal?.removeEventListener("abort", abort);
  }
}
