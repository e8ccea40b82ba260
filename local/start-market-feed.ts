import type { Logger } from "pino";
import { MarketFeedPublisher } from "#services/market-feed/market-feed-publisher.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { RegionMarketFeed } from "./backend/backend.ts";
import type { RunningShard } from "./start-shards.ts";

export interface MarketFeedDependencies extends RegionMarketFeed {
  readonly shards: readonly RunningShard[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly onFailure: (error: unknown) => void;
}

/** Publishes every shard's trades and book changes, as this Region folds them, for consumers outside. While the feed does not take them it lags, and nothing else does. */
export async function startMarketFeed(
  dependencies: MarketFeedDependencies,
): Promise<{ stop(): Promise<void> }> {
  const { shards, feed, stands, clock, log, onFailure } = dependencies;
  const publishers = shards.map(
    ({ node, stores }) =>
      new MarketFeedPublisher({
        shard: node.shard,
        journal: stores.journal,
        feed,
        stands,
        clock,
        onTrouble: (error) => log.warn({ shard: node.shard, err: error }, "market-feed-trouble"),
        onFailure,
      }),
  );
  await Promise.all(publishers.map((publisher) => publisher.start()));
  return {
    stop: async () => {
      await Promise.all(publishers.map((publisher) => publisher.stop()));
    },
  };
}
