import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import { ApiError } from "#shared/protocol/errors.ts";

const HOUR_SECONDS = 3600;

/** Codes that are mailed and tried, so that nobody's mailbox is flooded in Meridian's name, and no code is guessed: of eight digits, at most ten an hour are tried. */
export class MailLimits {
  readonly #codesOfAccount = new RateLimiterMemory({ points: 5, duration: HOUR_SECONDS });
  readonly #codesOfNetwork = new RateLimiterMemory({ points: 20, duration: HOUR_SECONDS });
  readonly #codesToAddress = new RateLimiterMemory({ points: 5, duration: 24 * HOUR_SECONDS });
  readonly #tries = new RateLimiterMemory({ points: 10, duration: HOUR_SECONDS });

  /** Throws TOO_MANY_MAIL_CODES. */
  async countCode(account: number, network: string, address: string): Promise<void> {
    await consume(this.#codesOfAccount, String(account));
    await consume(this.#codesOfNetwork, network);
    await consume(this.#codesToAddress, address.toLowerCase());
  }

  /** Throws TOO_MANY_MAIL_CODES. */
  countTry(account: number): Promise<void> {
    return consume(this.#tries, String(account));
  }
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (error instanceof Error) throw error;
    const { msBeforeNext } = error as RateLimiterRes;
    throw new ApiError("TOO_MANY_MAIL_CODES", { retryAfterSeconds: Math.ceil(msBeforeNext / 1000) });
  }
}
