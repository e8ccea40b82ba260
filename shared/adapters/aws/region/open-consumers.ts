import { resourceName } from "#shared/config/aws/names.ts";
import { COMMAND_STREAM, matchingConsumer, type ZoneSlot } from "#shared/config/aws/streams.ts";
import type { RegionId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { SlotLease } from "#shared/lease/slot-lease.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Dynamo } from "../dynamodb/dynamo.ts";
import { openDynamoLeaseTable } from "../dynamodb/dynamo-lease-table.ts";
import { createKinesisClient } from "../kinesis/kinesis-client.ts";
import type { FanOutConsumer } from "../kinesis/kinesis-log-options.ts";
import { leasedConsumer } from "../kinesis/leased-consumer.ts";
import type { AwsPlace } from "./aws-place.ts";

export interface ConsumerOptions {
  readonly place: AwsPlace;
  /** All of the installation. */
  readonly regions: readonly RegionId[];
  readonly dynamo: Dynamo;
  readonly slot: ZoneSlot;
  /** This task, by a name that no other has. */
  readonly holder: string;
  readonly clock: Clock;
  readonly onTrouble: (error: unknown) => void;
}

/** A task that was killed keeps its slot for so long; its successor polls meanwhile. */
const LEASE = { leaseMs: 10_000, beatMs: 2000 };
const REQUEST_TIMEOUT_MS = 3000;

/** What a zone slot reads streams as. */
export interface Consumers {
  /** On a Region's command stream: the consumer of this Region and slot is registered at each of them. */
  of(region: RegionId): FanOutConsumer;
  close(): Promise<void>;
}

/** The enhanced fan-out consumers of a zone slot, one on the command stream of each Region, leased together while they are open. */
export async function openConsumers(options: ConsumerOptions): Promise<Consumers> {
  const { place, regions, dynamo, slot, holder, clock, onTrouble } = options;
  const { kinesis: endpoint } = place.endpoints ?? {};
  const lease = new SlotLease({
    table: openDynamoLeaseTable({ dynamo }),
    slots: [matchingConsumer(place.region, slot)],
    holder,
    ...LEASE,
    clock,
    onTrouble,
  });
  lease.start();
  const streamName = resourceName(place.environment, COMMAND_STREAM.name);
  const opened = regions.map((region) => {
    const client = createKinesisClient({ region, ...(endpoint === undefined ? {} : { endpoint }) });
    const access = { client, streamName, clock, requestTimeoutMs: REQUEST_TIMEOUT_MS };
    return { region, client, consumer: leasedConsumer(access, lease) };
  });
  return {
    of: (region) => {
      const found = opened.find((one) => one.region === region);
      assert(found !== undefined, `${region} is a Region of the installation`);
      return found.consumer;
    },
    close: async () => {
      await lease.stop();
      for (const { client } of opened) client.destroy();
    },
  };
}
