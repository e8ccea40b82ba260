import type { DepthPublisher } from "./depth-publisher.ts";
import type { KlinePublisher } from "./kline-publisher.ts";
import type { TickerPublisher } from "./ticker-publisher.ts";

/** What a shard tells of its markets in its own time. */
export interface Publishers {
  readonly depth: DepthPublisher;
  readonly ticker: TickerPublisher;
  readonly kline: KlinePublisher;
}
