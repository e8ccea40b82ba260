import { resourceName } from "#shared/config/aws/names.ts";
import { COMMAND_STREAM } from "#shared/config/aws/streams.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CommandAppender } from "#shared/ports/command-log.ts";
import type { Random } from "#shared/ports/random.ts";
import { hashKeyOf } from "../kinesis/hash-key.ts";
import { createKinesisAppender } from "../kinesis/kinesis-appender.ts";
import { createKinesisClient } from "../kinesis/kinesis-client.ts";
import type { AwsPlace } from "./aws-place.ts";
import { Closers } from "./closers.ts";

export interface AppendersOptions {
  readonly place: AwsPlace;
  /** All of the installation. */
  readonly regions: readonly RegionId[];
  /** All of the installation, in the order that numbers them. */
  readonly shards: readonly ShardId[];
  readonly clock: Clock;
  readonly random: Random;
}

export interface Appenders {
  of(region: RegionId, shard: ShardId): CommandAppender;
  /** Puts what waits. */
  close(): Promise<void>;
}

/** The ways into every shard's log in every Region. */
export function openAppenders({ place, regions, shards, clock, random }: AppendersOptions): Appenders {
  const { environment, endpoints } = place;
  const closers = new Closers();
  const appenders = new Map<string, CommandAppender>();
  for (const region of regions) {
    const endpoint = endpoints?.kinesis;
    const client = createKinesisClient({ region, ...(endpoint === undefined ? {} : { endpoint }) });
    closers.add(() => client.destroy());
    for (const [at, shard] of shards.entries()) {
      const appender = createKinesisAppender({
        client,
        streamName: resourceName(environment, COMMAND_STREAM.name),
        log: shard,
        hashKey: hashKeyOf(at, shards.length),
        clock,
        random,
      });
      closers.add(() => appender.close());
      appenders.set(`${region} ${shard}`, appender);
    }
  }
  return {
    of: (region, shard) => {
      const appender = appenders.get(`${region} ${shard}`);
      if (appender === undefined) throw new Error(`there is no log of ${shard} in ${region}`);
      return appender;
    },
    close: () => closers.close(),
  };
}
