import { resourceName } from "#shared/config/aws/names.ts";
import { MARKET_STREAM } from "#shared/config/aws/streams.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { FeedStands, MarketFeed } from "#shared/ports/market-feed.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Dynamo } from "../dynamodb/dynamo.ts";
import { openDynamoFeedStands } from "../dynamodb/dynamo-feed-stands.ts";
import { hashKeyOf } from "../kinesis/hash-key.ts";
import { createKinesisClient } from "../kinesis/kinesis-client.ts";
import { createKinesisMarketFeed } from "../kinesis/kinesis-market-feed.ts";
import type { AwsPlace } from "./aws-place.ts";

export interface MarketFeedOptions {
  readonly place: AwsPlace;
  readonly dynamo: Dynamo;
  /** All of the installation, in the order that numbers them. */
  readonly shards: readonly ShardId[];
  readonly clock: Clock;
  readonly random: Random;
}

const REQUEST_TIMEOUT_MS = 3000;
const GIVE_UP_AFTER_MS = 10_000;

/** Opens a Region's market feed, on its stream for that, and where it stands. */
export function openMarketFeed(options: MarketFeedOptions): {
  readonly feed: MarketFeed;
  readonly stands: FeedStands;
} {
  const { place, dynamo, shards, clock, random } = options;
  const client = createKinesisClient({
    region: place.region,
    ...(place.endpoints?.kinesis === undefined ? {} : { endpoint: place.endpoints.kinesis }),
  });
  const feed = createKinesisMarketFeed({
    client,
    streamName: resourceName(place.environment, MARKET_STREAM.name),
    hashKeyFor: (shard) => {
      const at = shards.indexOf(shard);
      assert(at >= 0, `${shard} is a shard of the installation`);
      return hashKeyOf(at, shards.length);
    },
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    giveUpAfterMs: GIVE_UP_AFTER_MS,
    clock,
    random,
  });
  return {
    feed: {
      publish: (shard, messages) => feed.publish(shard, messages),
      close: async () => {
        await feed.close();
        client.destroy();
      },
    },
    stands: openDynamoFeedStands({ dynamo }),
  };
}
