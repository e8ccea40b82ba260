import type { Clock } from "#shared/ports/clock.ts";
import type { Projections } from "#shared/ports/projections.ts";
import type { OrderEntry } from "../order-entry.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import type { OrderLimiter } from "./order-limiter.ts";
import type { RateLimitConfig } from "./rate-limit-config.ts";

/** What the routes work with. */
export interface RestDependencies {
  readonly view: ExchangeView;
  readonly entry: OrderEntry;
  readonly projections: Projections;
  readonly clock: Clock;
  readonly rateLimits: RateLimitConfig;
  readonly orderLimiter: OrderLimiter;
}
