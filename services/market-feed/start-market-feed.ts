import type { ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { FeedStands, MarketFeed } from "#shared/ports/market-feed.ts";
import type { Log } from "#shared/telemetry/log.ts";
import { MarketFeedPublisher } from "./market-feed-publisher.ts";

export interface MarketFeedDependencies {
  readonly journals: ReadonlyMap<ShardId, Journal>;
  readonly feed: MarketFeed;
  readonly stands: FeedStands;
  readonly clock: Clock;
  readonly log: Log;
  readonly onFailure: (error: unknown) => void;
}

/** Publishes every shard's trades and book changes, as this Region folds them, for consumers outside. While the feed does not take them it lags, and nothing else does. */
export async function startMarketFeed(
  dependencies: MarketFeedDependencies,
): Promise<{ stop(): Promise<void> }> {
  const { journals, feed, stands, clock, log, onFailure } = dependencies;
  const publishers = [...journals].map(
    ([shard, journal]) =>
      new MarketFeedPublisher({
        shard,
        journal,
        feed,
        stands,
        clock,
        onTrouble: (error) => log.warn({ shard, err: error }, "market-feed-trouble"),
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
