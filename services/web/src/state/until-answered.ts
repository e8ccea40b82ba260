import { ApiFailure } from "./api.ts";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

/**
 * Repeats a call that only reads, or that carries an idempotency key, for as long as the exchange does not answer, is overloaded or says "slow down". Throws any other `ApiFailure`,
 * and the last one after `limitMs`.
 */
export async function untilAnswered<T>(
  call: () => Promise<T>,
  limitMs = Number.POSITIVE_INFINITY,
): Promise<T> {
  const begin = performance.now();
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ApiFailure) || !error.isPassing) throw error;
      if (performance.now() + waitMs - begin > limitMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
