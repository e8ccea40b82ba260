import type { Clock, Timer } from "#shared/ports/clock.ts";

const FIRST_MS = 1000;
const LONGEST_MS = 5 * 60_000;

/** Does something once, and tries again, later and later, where it fails. Nobody waits for it. */
export function untilDone(
  work: () => Promise<void>,
  { clock, onFailure }: { readonly clock: Clock; readonly onFailure: (error: unknown) => void },
): { stop(): void } {
  let timer: Timer | undefined;
  let isStopped = false;
  const attempt = async (delayMs: number): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (isStopped) return;
      onFailure(error);
      timer = clock.schedule(delayMs, () => void attempt(Math.min(2 * delayMs, LONGEST_MS)));
    }
  };
  void attempt(FIRST_MS);
  return {
    stop: () => {
      isStopped = true;
      timer?.cancel();
    },
  };
}
