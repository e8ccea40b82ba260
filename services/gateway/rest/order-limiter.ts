import type { AccountId } from "#shared/domain/ids.ts";
import type { MakeUsageCounter, UsageCounter } from "#shared/ports/usage-counter.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import type { RateLimitConfig } from "./rate-limit-config.ts";

interface OrderLimit {
  readonly header: string;
  readonly interval: "SECOND" | "DAY";
  readonly intervalNum: number;
  readonly limit: number;
  readonly counter: UsageCounter;
}

/** Where the counts are told: an HTTP response. */
export interface AnswerHeaders {
  set(name: string, value: string): unknown;
}

/** New orders per account in 10 seconds and in a day, as Binance counts them: only orders that were taken count. */
export class OrderLimiter {
  readonly #limits: readonly OrderLimit[];

  constructor(config: RateLimitConfig, makeCounter: MakeUsageCounter) {
    this.#limits = [
      {
        header: "10S",
        interval: "SECOND",
        intervalNum: 10,
        limit: config.ordersPer10Seconds,
        counter: makeCounter("orders-10s", 10),
      },
      {
        header: "1D",
        interval: "DAY",
        intervalNum: 1,
        limit: config.ordersPerDay,
        counter: makeCounter("orders-1d", 86_400),
      },
    ];
  }

  /**
   * Runs `place` as one new order of the account, or as several: counted before, so that concurrent orders cannot pass the limit together, and given back if
   * it throws. The answer, if there is one that has headers, tells the counts. Throws TOO_MANY_ORDERS.
   */
  async count<T>(
    account: AccountId,
    answer: AnswerHeaders | undefined,
    place: () => Promise<T>,
    orders = 1,
  ): Promise<T> {
    const key = String(account);
    const counted: { readonly limit: OrderLimit; readonly used: number }[] = [];
    const giveBack = () => Promise.all(counted.map(({ limit }) => limit.counter.add(key, -orders)));
    for (const limit of this.#limits) {
      const { used, remainingMs } = await limit.counter.add(key, orders);
      counted.push({ limit, used });
      if (used <= limit.limit) continue;
      await giveBack();
      throw new ApiError("TOO_MANY_ORDERS", {
        details: [String(limit.limit), `${limit.intervalNum} ${limit.interval}`],
        retryAfterSeconds: Math.ceil(remainingMs / 1000),
      });
    }
    try {
      const placed = await place();
      for (const { limit, used } of counted) answer?.set(`X-MBX-ORDER-COUNT-${limit.header}`, String(used));
      return placed;
    } catch (error) {
      await giveBack();
      throw error;
    }
  }

  /** As GET /api/v3/rateLimit/order answers. */
  usage(account: AccountId) {
    return Promise.all(
      this.#limits.map(async ({ interval, intervalNum, limit, counter }) => {
        const { used } = await counter.add(String(account), 0);
        return { rateLimitType: "ORDERS", interval, intervalNum, limit, count: used };
      }),
    );
  }
}
