import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  type KinesisClient,
  StreamStatus,
} from "@aws-sdk/client-kinesis";
import type { Clock } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import { pause } from "./pause.ts";
import { isNamed } from "./request-failure.ts";

const LOOK_MS = 20;
const LOOKS_MAX = 1000;

/** Makes a stream on a server that has none, and waits until it can be used: on AWS the infrastructure does it. One that is there stays. */
export async function createStream(
  client: KinesisClient,
  streamName: string,
  shards: number,
  clock: Clock,
): Promise<void> {
  try {
    await client.send(new CreateStreamCommand({ StreamName: streamName, ShardCount: shards }));
  } catch (error) {
    if (!isNamed(error, "ResourceInUseException")) throw error;
  }
  for (let look = 0; look < LOOKS_MAX; look++) {
    const { StreamDescriptionSummary: summary } = await client.send(
      new DescribeStreamSummaryCommand({ StreamName: streamName }),
    );
    if (summary?.StreamStatus === StreamStatus.ACTIVE) return;
    await pause(clock, LOOK_MS);
  }
  throw new OperatingError(`The stream ${streamName} does not become active.`);
}
