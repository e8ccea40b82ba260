import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import { ApiError } from "#shared/protocol/errors.ts";

/** How many attempts to sign up or in are allowed, by address and by name, in a window. */
export interface SignInLimitConfig {
  readonly attemptsPerAddress: number;
  readonly attemptsPerName: number;
  readonly windowSeconds: number;
}

export const SIGN_IN_LIMITS = {
  strict: { attemptsPerAddress: 50, attemptsPerName: 10, windowSeconds: 300 },
  generous: { attemptsPerAddress: 10_000, attemptsPerName: 50, windowSeconds: 60 },
} as const satisfies Record<string, SignInLimitConfig>;

/** Slows down guessing: counts attempts by address, whatever the name, and by name, whatever the address. */
export class SignInLimits {
  readonly #byAddress: RateLimiterMemory;
  readonly #byName: RateLimiterMemory;

  constructor({ attemptsPerAddress, attemptsPerName, windowSeconds: duration }: SignInLimitConfig) {
    this.#byAddress = new RateLimiterMemory({ points: attemptsPerAddress, duration });
    this.#byName = new RateLimiterMemory({ points: attemptsPerName, duration });
  }

  /** Throws TOO_MANY_SIGN_INS. */
  async count(address: string, name: string): Promise<void> {
    try {
      await this.#byAddress.consume(address);
      await this.#byName.consume(name.toLowerCase());
    } catch (error) {
      if (error instanceof Error) throw error;
      const { msBeforeNext } = error as RateLimiterRes;
      throw new ApiError("TOO_MANY_SIGN_INS", { retryAfterSeconds: Math.ceil(msBeforeNext / 1000) });
    }
  }

  /** A right password clears what was counted against the name. */
  async succeeded(name: string): Promise<void> {
    await this.#byName.delete(name.toLowerCase());
  }
}
