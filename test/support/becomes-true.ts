import { PATIENCE_MS, waitFor } from "./waits.ts";

/**
 * Asks again and again, each time over the network, until the answer is yes. Rejects when that takes too long, also where a question is never answered; the error says what was waited for.
 */
export async function becomesTrue(
  what: string,
  ask: () => Promise<boolean>,
  withinMs = PATIENCE_MS,
): Promise<void> {
  await becomes(what, ask, (answer) => answer, withinMs);
}

/** The same where the answer itself tells more: the error shows the last one. Resolves with the one that was as wanted. */
export async function becomes<T>(
  what: string,
  ask: () => Promise<T>,
  isSo: (answer: T) => boolean,
  withinMs = PATIENCE_MS,
): Promise<T> {
  return waitFor(what, ask, isSo, withinMs);
}
