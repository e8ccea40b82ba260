import { createTables, describeTable } from "#shared/adapters/aws/dynamodb/create-tables.ts";
import type { ReplicatedTable } from "#shared/adapters/aws/dynamodb/table-replicator.ts";
import { type TableName, tableNameOf } from "#shared/adapters/aws/dynamodb/tables.ts";
import type { BusAddresses } from "#shared/adapters/aws/event-bus/bus-addresses.ts";
import { busTopology } from "#shared/adapters/aws/event-bus/bus-topology.ts";
import { createBus } from "#shared/adapters/aws/event-bus/create-bus.ts";
import { queueClients } from "#shared/adapters/aws/event-bus/queue-clients.ts";
import { createStream } from "#shared/adapters/aws/kinesis/create-stream.ts";
import { createKinesisClient } from "#shared/adapters/aws/kinesis/kinesis-client.ts";
import { createLinkQueue } from "#shared/adapters/aws/link/create-link-queue.ts";
import { type AwsPlace, pointedAt, prefixOf } from "#shared/adapters/aws/region/aws-place.ts";
import { openDynamo } from "#shared/adapters/aws/region/open-dynamo.ts";
import { linkQueueName } from "#shared/config/aws/link-queues.ts";
import { resourceName } from "#shared/config/aws/names.ts";
import { STREAMS } from "#shared/config/aws/streams.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";

export interface RegionContents {
  /** A shard in each stream for each of ours. */
  readonly shards: number;
  readonly consumers: readonly Consumer[];
  readonly linkedGroups: readonly (readonly string[])[];
  readonly clock: Clock;
}

/** Makes what the infrastructure makes in a Region, by the same names: streams, tables, topics, the queues of these consumers and those of the link. */
export async function prepareRegion(
  place: AwsPlace,
  { shards, consumers, linkedGroups, clock }: RegionContents,
): Promise<BusAddresses> {
  const { region, environment, endpoints = {} } = place;
  const dynamo = openDynamo(place, clock);
  const kinesis = createKinesisClient({
    region,
    ...(endpoints.kinesis === undefined ? {} : { endpoint: endpoints.kinesis }),
  });
  const { sns, sqs } = queueClients({
    region,
    ...(endpoints.queues === undefined ? {} : { local: { url: endpoints.queues } }),
  });
  try {
    const { topics, queues, subscriptions } = busTopology(prefixOf(place));
    const isHere = ({ consumer }: { readonly consumer: Consumer }) => consumers.includes(consumer);
    const [addresses] = await Promise.all([
      // A queue that nobody reads would only grow.
      createBus(sns, sqs, {
        topics,
        queues: queues.filter(isHere),
        subscriptions: subscriptions.filter(isHere),
      }),
      createTables(dynamo),
      ...linkedGroups.map((group) => createLinkQueue(sqs, linkQueueName(environment, group))),
      ...STREAMS.map(({ name }) => createStream(kinesis, resourceName(environment, name), shards, clock)),
    ]);
    return addresses;
  } finally {
    dynamo.close();
    kinesis.destroy();
    sns.destroy();
    sqs.destroy();
  }
}

/** A table in one Region as a replica of a global one. */
export async function replicaOf(place: AwsPlace, table: TableName, clock: Clock): Promise<ReplicatedTable> {
  const dynamo = openDynamo(place, clock);
  try {
    const { LatestStreamArn: streamArn = "" } = await describeTable(dynamo, table);
    return {
      region: place.region,
      ...pointedAt(place.endpoints?.dynamodb),
      tableName: tableNameOf(prefixOf(place), table),
      streamArn,
    };
  } finally {
    dynamo.close();
  }
}
