import { RateLimiterMemory } from "rate-limiter-flexible";
import type { UsageCounter } from "#shared/ports/usage-counter.ts";

/** A counter of this process. Keys that are not used again are forgotten when their window ends, so memory is bounded by recent users. */
export function createMemoryUsageCounter(_name: string, windowSeconds: number): UsageCounter {
  const limiter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: windowSeconds });
  return {
    add: async (key, amount) => {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(key, amount);
      return { used: consumedPoints, remainingMs: msBeforeNext };
    },
  };
}
