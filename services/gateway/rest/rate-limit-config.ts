/** What a gateway allows: request weight per IP address, new orders per account. */
export interface RateLimitConfig {
  readonly weightPerMinute: number;
  readonly ordersPer10Seconds: number;
  readonly ordersPerDay: number;
}

/** Binance's limits of 2026, and the same a thousandfold for the embedded platform and for load tests. */
export const RATE_LIMITS = {
  binance: { weightPerMinute: 6000, ordersPer10Seconds: 100, ordersPerDay: 200_000 },
  generous: { weightPerMinute: 6_000_000, ordersPer10Seconds: 100_000, ordersPerDay: 200_000_000 },
} as const satisfies Record<string, RateLimitConfig>;
