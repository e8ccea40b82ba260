/** How much a shard takes: all; all, but answers are held back; no new orders. */
export const BACKPRESSURE_LEVELS = ["ok", "slow", "refusing"] as const;
export type BackpressureLevel = (typeof BACKPRESSURE_LEVELS)[number];

/** The oldest outcome that is not journaled may be so old before the shard slows down, and before it refuses. */
const SLOW_MS = 500;
const REFUSING_MS = 2000;
/** Answers are held back by so much at most. */
const LONGEST_DELAY_MS = 1000;
const LONGEST_RETRY_SECONDS = 10;

/**
 * Admission control of a shard (architecture, section 5): one bound, the age of the oldest outcome that is not yet journaled. It holds back new orders,
 * and never a cancel, nor anything that was taken.
 */
export class Admission {
  readonly #ageMs: () => number;

  /** @param ageMs of the shard's oldest outcome that is not journaled; 0 where all are */
  constructor(ageMs: () => number) {
    this.#ageMs = ageMs;
  }

  level(): BackpressureLevel {
    const age = this.#ageMs();
    if (age < SLOW_MS) return "ok";
    return age < REFUSING_MS ? "slow" : "refusing";
  }

  /** How long an answer is held back now: who waits for it sends less. */
  delayMs(): number {
    const age = this.#ageMs();
    if (age < SLOW_MS) return 0;
    return Math.min(
      LONGEST_DELAY_MS,
      Math.round(((age - SLOW_MS) / (REFUSING_MS - SLOW_MS)) * LONGEST_DELAY_MS),
    );
  }

  /** When to come back, for who is refused. */
  retryAfterSeconds(): number {
    return Math.min(LONGEST_RETRY_SECONDS, Math.max(1, Math.ceil(this.#ageMs() / 1000)));
  }
}
