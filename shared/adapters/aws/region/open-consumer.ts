import { resourceName } from "#shared/config/aws/names.ts";
import { COMMAND_STREAM, matchingConsumer, type ZoneSlot } from "#shared/config/aws/streams.ts";
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

/** The enhanced fan-out consumer of a zone slot on the Region's command stream, leased while it is open. */
export async function openConsumer(
  options: ConsumerOptions,
): Promise<FanOutConsumer & { close(): Promise<void> }> {
  const { place, dynamo, slot, holder, clock, onTrouble } = options;
  const { kinesis: endpoint } = place.endpoints ?? {};
  const client = createKinesisClient({
    region: place.region,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
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
  const consumer = leasedConsumer({ client, streamName, clock, requestTimeoutMs: REQUEST_TIMEOUT_MS }, lease);
  return {
    arn: () => consumer.arn(),
    isHeld: () => consumer.isHeld(),
    close: async () => {
      await lease.stop();
      client.destroy();
    },
  };
}
