import { setImmediate as nextTurn } from "node:timers/promises";
import { inspect } from "node:util";
import { AssertionError } from "chai";

/** What a test waits for just now. */
interface Wait {
  readonly what: string;
  /** What was answered to the last question. */
  answer: unknown;
  timer?: NodeJS.Timeout;
}

/** For a condition to come true on a machine that is slow and busy; ms. What takes longer hangs. */
export const PATIENCE_MS = 60_000;

const open = new Set<Wait>();

/**
 * Asks until the answer is as wanted, and resolves with it. Rejects when the time is over, if there is a bound. Where the test has failed meanwhile ({@link abandonWaits}) it asks no more and never settles: nobody is
 * there who would hear of it, and what stands behind the wait would reach into the next test.
 */
export async function waitFor<T>(
  what: string,
  ask: () => T | Promise<T>,
  isSo: (answer: T) => boolean,
  withinMs?: number,
): Promise<T> {
  const wait: Wait = { what, answer: "nothing yet" };
  open.add(wait);
  const never = new Promise<never>(() => {});
  const asking = async (): Promise<T> => {
    for (;;) {
      const answer = await (async () => ask())().catch((error: unknown) => {
        if (open.has(wait)) throw error;
        return never;
      });
      if (!open.has(wait)) return never;
      if (isSo(answer)) return answer;
      wait.answer = answer;
      await nextTurn();
    }
  };
  try {
    return await (withinMs === undefined ? asking() : Promise.race([asking(), lateness(wait, withinMs)]));
  } finally {
    clearTimeout(wait.timer);
    open.delete(wait);
  }
}

/** After a test that failed: ends all waits that are under way, and says what each was for. */
export function abandonWaits(): void {
  for (const wait of open) {
    clearTimeout(wait.timer);
    process.stdout.write(`      was waiting for: ${told(wait)}\n`);
  }
  open.clear();
}

function lateness(wait: Wait, withinMs: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    wait.timer = setTimeout(() => {
      open.delete(wait);
      reject(new AssertionError(`never so within ${withinMs} ms: ${told(wait)}`));
    }, withinMs);
  });
}

const SHOWN_MAX = 2000;

function told({ what, answer }: Wait): string {
  const text = typeof answer === "string" ? answer : inspect(answer, { depth: 6, breakLength: 120 });
  return `${what}; last answer: ${text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)} …` : text}`;
}
