import { Construct } from "constructs";
import {
  COMMAND_STREAM,
  commandStreamConsumers,
  MARKET_STREAM,
  type StreamDefinition,
} from "#shared/config/aws/streams.ts";
import { KinesisStream, KinesisStreamConsumer } from "../aws.ts";
import type { MeridianStack } from "../stack.ts";

/** What every metric of a shard is needed for: throttling and lag are seen shard by shard. */
const SHARD_METRICS = [
  "IncomingBytes",
  "IncomingRecords",
  "WriteProvisionedThroughputExceeded",
  "IteratorAgeMilliseconds",
];

/**
 * The Region's command log, with one enhanced fan-out consumer for each (Region, zone slot) and each Region's reconciliation. Consumers of other
 * Regions are registered here, at the stream: a consumer is a part of its stream.
 */
export class CommandStream extends Construct {
  constructor(stack: MeridianStack, keyArn: string) {
    super(stack, "command-stream");
    const { shards, retentionHours, fanOut } = stack.environment.commandLog;
    const stream = kinesisStream(this, stack, COMMAND_STREAM, {
      shards,
      retentionHours,
      keyArn,
      protect: true,
    });
    if (!fanOut) return;
    for (const name of commandStreamConsumers(stack.environment.regions.map((region) => region.name)))
      new KinesisStreamConsumer(this, `consumer-${name}`, { name, streamArn: stream.arn });
  }
}

/** Trades and book deltas for analytics; losing it loses nothing that the journal does not have. */
export class MarketFeedStream extends Construct {
  constructor(stack: MeridianStack, keyArn: string) {
    super(stack, "market-feed");
    kinesisStream(this, stack, MARKET_STREAM, {
      shards: stack.environment.commandLog.marketShards,
      retentionHours: 24,
      keyArn,
      protect: false,
    });
  }
}

interface StreamSettings {
  readonly shards: number;
  readonly retentionHours: number;
  readonly keyArn: string;
  readonly protect: boolean;
}

function kinesisStream(
  scope: Construct,
  stack: MeridianStack,
  { name }: StreamDefinition,
  { shards, retentionHours, keyArn, protect }: StreamSettings,
): KinesisStream {
  return new KinesisStream(scope, "stream", {
    name: stack.named(name),
    shardCount: shards,
    streamModeDetails: { streamMode: "PROVISIONED" },
    retentionPeriod: retentionHours,
    encryptionType: "KMS",
    kmsKeyId: keyArn,
    shardLevelMetrics: SHARD_METRICS,
    enforceConsumerDeletion: !stack.environment.deletionProtection,
    lifecycle: { preventDestroy: protect && stack.environment.deletionProtection },
  });
}
