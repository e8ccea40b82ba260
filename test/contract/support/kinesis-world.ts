import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import {
  type _Record,
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
} from "@aws-sdk/client-kinesis";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { startKinesis } from "#local/aws-local/start-kinesis.ts";
import { hashKeyOf } from "#shared/adapters/aws/kinesis/hash-key.ts";
import { createKinesisClient } from "#shared/adapters/aws/kinesis/kinesis-client.ts";
import { openKinesisCommandLog } from "#shared/adapters/aws/kinesis/kinesis-command-log.ts";
import type { KinesisLogOptions } from "#shared/adapters/aws/kinesis/kinesis-log-options.ts";
import { openSqliteLogMarks } from "#shared/adapters/embedded/sqlite-log-marks.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import { eventually } from "#test/support/eventually.ts";
import type { Place } from "./adapters.ts";

export const LOG = "shard-1";

/** A server that speaks Kinesis, and streams on it: a place is a folder for the marks, and its name is the stream's. */
export class KinesisWorld {
  readonly clock = systemClock();
  readonly random = systemRandom();
  readonly #start: typeof startKinesis;
  #server: RunningServer | undefined;
  #client: KinesisClient | undefined;

  constructor(start: typeof startKinesis = startKinesis) {
    this.#start = start;
  }

  async start(): Promise<void> {
    this.#server = await this.#start({ clock: this.clock });
    this.#client = createKinesisClient({ region: "us-east-1", endpoint: this.#server.url });
  }

  async stop(): Promise<void> {
    this.#client?.destroy();
    await this.#server?.stop();
  }

  get url(): string {
    return this.#server?.url ?? "";
  }

  get client(): KinesisClient {
    if (this.#client === undefined) throw new Error("the server has not started");
    return this.#client;
  }

  async makePlace(shards = 1): Promise<Place> {
    const place = await mkdtemp(join(tmpdir(), "meridian-kinesis-"));
    const StreamName = basename(place);
    await this.client.send(new CreateStreamCommand({ StreamName, ShardCount: shards }));
    await this.untilActive(place);
    return place;
  }

  async removePlace(place: Place): Promise<void> {
    await this.client.send(
      new DeleteStreamCommand({ StreamName: basename(place), EnforceConsumerDeletion: true }),
    );
    await rm(place, { recursive: true, force: true });
  }

  /** Waits until the stream is not being created or changed any more. */
  async untilActive(place: Place): Promise<void> {
    const command = new DescribeStreamSummaryCommand({ StreamName: basename(place) });
    await eventually(async () => {
      const { StreamDescriptionSummary: summary } = await this.client.send(command);
      return summary?.StreamStatus === "ACTIVE";
    });
  }

  async untilGone(place: Place): Promise<void> {
    const command = new DescribeStreamSummaryCommand({ StreamName: basename(place) });
    const isGone = () =>
      this.client.send(command).then(
        () => false,
        (error: Error) => error.name === "ResourceNotFoundException",
      );
    await eventually(isGone);
  }

  /** The records that the first shard of the stream holds. */
  async recordsOf(place: Place): Promise<readonly _Record[]> {
    const command = new GetShardIteratorCommand({
      StreamName: basename(place),
      ShardId: "shardId-000000000000",
      ShardIteratorType: "TRIM_HORIZON",
    });
    const { ShardIterator } = await this.client.send(command);
    const { Records = [] } = await this.client.send(new GetRecordsCommand({ ShardIterator }));
    return Records;
  }

  /** What a log in a place is opened with. */
  options(place: Place, tuning: Partial<KinesisLogOptions> = {}): KinesisLogOptions {
    return {
      client: this.client,
      streamName: basename(place),
      log: LOG,
      hashKey: hashKeyOf(0, 1),
      marks: openSqliteLogMarks({ file: join(place, "marks.db") }),
      clock: this.clock,
      random: this.random,
      pollIntervalMs: 5,
      onUndecodable: ({ reason }) => {
        throw new Error(reason);
      },
      onFailure: (error) => {
        throw error;
      },
      ...tuning,
    };
  }

  open(place: Place, tuning: Partial<KinesisLogOptions> = {}): Promise<CommandLog> {
    return openKinesisCommandLog(this.options(place, tuning));
  }
}
