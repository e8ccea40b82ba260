import { createSoloLink } from "#shared/adapters/embedded/solo-link.ts";
import { linkQueueName } from "#shared/config/aws/link-queues.ts";
import { resourceName } from "#shared/config/aws/names.ts";
import { COMMAND_STREAM } from "#shared/config/aws/streams.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { Dynamo } from "../dynamodb/dynamo.ts";
import { openDynamoAcceptor } from "../dynamodb/dynamo-acceptor.ts";
import { openDynamoLogMarks } from "../dynamodb/dynamo-log-marks.ts";
import { hashKeyOf } from "../kinesis/hash-key.ts";
import { createKinesisClient } from "../kinesis/kinesis-client.ts";
import type { KinesisLogOptions } from "../kinesis/kinesis-log-options.ts";
import { startKinesisLogReader } from "../kinesis/kinesis-log-reader.ts";
import { pollIntervalFor } from "../kinesis/poll-interval.ts";
import { LinkQueue } from "../link/link-queue.ts";
import { openSqsRegionLink } from "../link/sqs-region-link.ts";
import { withAcceptorTables } from "../link/with-acceptor-tables.ts";
import { withForeignLogs } from "../link/with-foreign-logs.ts";
import { withLogAppenders } from "../link/with-log-appenders.ts";
import { type AwsPlace, pointedAt } from "./aws-place.ts";
import { Closers } from "./closers.ts";
import { openAppenders } from "./open-appenders.ts";
import type { Consumers } from "./open-consumers.ts";
import { openDynamo } from "./open-dynamo.ts";

export interface RegionLinkOptions {
  readonly place: AwsPlace;
  /** All of the installation. */
  readonly regions: readonly RegionId[];
  /** All of the installation, in the order that numbers them. */
  readonly shards: readonly ShardId[];
  /** Those that this task publishes: their group has a queue in each Region. */
  readonly folded: readonly ShardId[];
  /** What streams are read as; polled without. */
  readonly consumers?: Consumers | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly onUndecodable: KinesisLogOptions["onUndecodable"];
  readonly onHandlerFailure: (kind: string, error: unknown) => void;
  /** Trouble that is tried again. */
  readonly onTrouble: (error: unknown) => void;
}

export interface OpenRegionLink {
  readonly link: RegionLink;
  close(): Promise<void>;
}

/** As of `openAwsFoldStores`. */
const REQUEST_TIMEOUT_MS = 3000;

/**
 * The link between the Regions of a deployment, as the task that publishes a group of shards has it: acceptors are asked at their tables, logs are read and appended to on their streams, and only what a
 * Region's process alone knows is asked of it, over queues. Nothing is peered: all of it is AWS's public endpoints.
 */
export async function openAwsRegionLink(options: RegionLinkOptions): Promise<OpenRegionLink> {
  const { place, regions, folded, clock, random, onHandlerFailure, onTrouble } = options;
  const { region: self } = place;
  const others = regions.filter((region) => region !== self);
  if (others.length === 0) return { link: createSoloLink(self), close: async () => {} };
  const closers = new Closers();
  return closers.orClosed(async () => {
    const queueOf = (region: RegionId) =>
      new LinkQueue({
        place: { region, ...pointedAt(place.endpoints?.queues) },
        name: linkQueueName(place.environment, folded),
      });
    const messages = await closers.opened(
      openSqsRegionLink({
        self,
        own: queueOf(self),
        peers: new Map(others.map((region) => [region, queueOf(region)])),
        clock,
        random,
        onHandlerFailure,
        onTrouble,
      }),
    );
    const appenders = await closers.opened(openAppenders({ ...options, regions: others }));
    const tables = new Map<RegionId, Dynamo>();
    for (const region of others)
      tables.set(region, await closers.opened(openDynamo({ ...place, region }, clock)));
    const logs = await closers.opened(
      withForeignLogs({
        link: messages,
        start: foreignReaders(options, tables, closers),
        clock,
        random,
        onTrouble,
      }),
    );
    const acceptors = await Promise.all(
      [...tables].map(async ([region, dynamo]) => [region, await openDynamoAcceptor({ dynamo })] as const),
    );
    const appending = withLogAppenders({ link: logs.link, appenderOf: appenders.of, clock });
    return {
      link: withAcceptorTables({ link: appending, acceptors: new Map(acceptors), clock }),
      close: () => closers.close(),
    };
  });
}

/** How another Region's log is read: on its stream, from the marks that its owner keeps in its table. */
function foreignReaders(
  { place, regions, shards, folded, consumers, clock, random, onUndecodable, onTrouble }: RegionLinkOptions,
  tables: ReadonlyMap<RegionId, Dynamo>,
  closers: Closers,
) {
  const endpoint = place.endpoints?.kinesis;
  const streamName = resourceName(place.environment, COMMAND_STREAM.name);
  const clients = new Map(
    [...tables.keys()].map((region) => [
      region,
      createKinesisClient({ region, ...(endpoint === undefined ? {} : { endpoint }) }),
    ]),
  );
  closers.add(() => clients.forEach((client) => void client.destroy()));
  return async (origin: RegionId, shard: ShardId, onFailure: (error: unknown) => void) => {
    const [client, dynamo] = [clients.get(origin), tables.get(origin)];
    assert(client !== undefined && dynamo !== undefined, `${origin} is another Region of the installation`);
    const access = { client, streamName, clock, requestTimeoutMs: REQUEST_TIMEOUT_MS };
    return startKinesisLogReader({
      client,
      streamName,
      log: shard,
      hashKey: hashKeyOf(shards.indexOf(shard), shards.length),
      marks: openDynamoLogMarks({ dynamo }),
      pollIntervalMs: await pollIntervalFor(access, folded.length, regions.length),
      ...(consumers === undefined ? {} : { consumer: consumers.of(origin) }),
      clock,
      random,
      onUndecodable,
      onFailure,
      onTrouble,
    });
  };
}
