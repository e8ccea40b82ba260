import type { Request, Response } from "express";
import type { Clock } from "#shared/ports/clock.ts";
import type { MakeUsageCounter, UsageCounter } from "#shared/ports/usage-counter.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import { clientNetwork } from "./client-network.ts";
import type { RateLimitConfig } from "./rate-limit-config.ts";

/** An address that goes on after so many refusals within a minute is banned (Binance: "scale in duration, from 2 minutes to 3 days"). */
const REFUSALS_BEFORE_BAN = 20;
const FIRST_BAN_MS = 2 * 60_000;
const LONGEST_BAN_MS = 3 * 24 * 60 * 60_000;
const MAX_BANS = 100_000;

/** Request weight per IP address and minute, as Binance counts it: 429 beyond the limit, 418 for who does not stop then. */
export class WeightLimiter {
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #weights: UsageCounter;
  readonly #refusals: UsageCounter;
  readonly #banCounts: UsageCounter;
  /** End of the ban (epoch ms) by network. */
  readonly #bans = new Map<string, number>();

  constructor(config: RateLimitConfig, clock: Clock, makeCounter: MakeUsageCounter) {
    this.#limit = config.weightPerMinute;
    this.#clock = clock;
    this.#weights = makeCounter("weight", 60);
    this.#refusals = makeCounter("refusals", 60);
    this.#banCounts = makeCounter("bans", LONGEST_BAN_MS / 1000);
  }

  /** Charges a request's weight and writes the headers. Throws TOO_MANY_REQUESTS or BANNED. */
  async charge(request: Request, response: Response, weight: number): Promise<void> {
    const client = clientNetwork(request.ip ?? "");
    this.#refuseBanned(client);
    const { used, remainingMs } = await this.#weights.add(client, weight);
    response.set("X-MBX-USED-WEIGHT", String(used));
    response.set("X-MBX-USED-WEIGHT-1M", String(used));
    if (used <= this.#limit) return;
    const refusals = await this.#refusals.add(client, 1);
    if (refusals.used > REFUSALS_BEFORE_BAN) await this.#ban(client);
    throw new ApiError("TOO_MANY_REQUESTS", {
      details: [String(this.#limit), "1 MINUTE"],
      retryAfterSeconds: Math.ceil(remainingMs / 1000),
    });
  }

  #refuseBanned(client: string): void {
    const until = this.#bans.get(client);
    if (until === undefined) return;
    const remainingMs = until - this.#clock.now();
    if (remainingMs > 0) {
      const retryAfterSeconds = Math.ceil(remainingMs / 1000);
      throw new ApiError("BANNED", { detail: String(until), retryAfterSeconds });
    }
    this.#bans.delete(client);
  }

  async #ban(client: string): Promise<void> {
    const { used } = await this.#banCounts.add(client, 1);
    const lengthMs = Math.min(FIRST_BAN_MS * 2 ** (used - 1), LONGEST_BAN_MS);
    this.#bans.set(client, this.#clock.now() + lengthMs);
    // The oldest ban is given up rather than memory.
    for (const [oldest] of this.#bans) {
      if (this.#bans.size <= MAX_BANS) break;
      this.#bans.delete(oldest);
    }
    this.#refuseBanned(client);
  }
}
