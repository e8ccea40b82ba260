import { resourceName } from "#shared/config/aws/names.ts";
import { COMMAND_STREAM } from "#shared/config/aws/streams.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Dynamo } from "../dynamodb/dynamo.ts";
import { openDynamoLogMarks } from "../dynamodb/dynamo-log-marks.ts";
import { hashKeyOf } from "../kinesis/hash-key.ts";
import { createKinesisClient } from "../kinesis/kinesis-client.ts";
import { type StartedLog, startKinesisCommandLog } from "../kinesis/kinesis-command-log.ts";
import type { KinesisLogOptions } from "../kinesis/kinesis-log-options.ts";
import { POLL_MS, pollingOf, standbyIntervalOf } from "../kinesis/poll-interval.ts";
import { PollPace } from "../kinesis/poll-pace.ts";
import { pollingSource } from "../kinesis/polling-source.ts";
import { sharedSource } from "../kinesis/shared-source.ts";
import type { AwsPlace } from "./aws-place.ts";
import { Closers } from "./closers.ts";

export interface RegionLogsOptions {
  readonly place: AwsPlace;
  /** The tables of the place; the caller's to close. */
  readonly dynamo: Dynamo;
  /** All of the installation. */
  readonly regions: readonly RegionId[];
  /** All of the installation, in the order that numbers them: each has a shard of the Region's stream for itself. */
  readonly shards: readonly ShardId[];
  /** Those that are folded here; all of them where nothing is said. */
  readonly folded?: readonly ShardId[];
  /** How logs are read, where that differs from the rule. */
  readonly reading?: Pick<KinesisLogOptions, "pollIntervalMs" | "consumer">;
  readonly clock: Clock;
  readonly random: Random;
  readonly onUndecodable: KinesisLogOptions["onUndecodable"];
  /** Trouble that is tried again. */
  readonly onTrouble: (error: unknown) => void;
  /** What a task cannot go on from: it must stop and start again. */
  readonly onFailure: (error: unknown) => void;
}

const REQUEST_TIMEOUT_MS = 3000;

/** A Region's own logs of the shards that a task folds, on the Region's Kinesis stream: read from the beginning, written to once they are opened. */
export class RegionLogs {
  readonly #started: ReadonlyMap<ShardId, StartedLog>;
  readonly #paces: readonly PollPace[];
  readonly #pollIntervalMs: number;
  readonly #closers: Closers;

  /** Begins to read them. Rejects with an `OperatingError`; nothing is left open then. */
  static async start(options: RegionLogsOptions): Promise<RegionLogs> {
    const { place, dynamo, shards, folded = shards, regions, clock } = options;
    const { kinesis: endpoint } = place.endpoints ?? {};
    const client = createKinesisClient({
      region: place.region,
      ...(endpoint === undefined ? {} : { endpoint }),
    });
    const streamName = resourceName(place.environment, COMMAND_STREAM.name);
    const access = { client, streamName, clock, requestTimeoutMs: REQUEST_TIMEOUT_MS };
    const closers = new Closers();
    closers.add(() => client.destroy());
    return closers.orClosed(async () => {
      const { intervalMs, isShared } = await pollingOf(access, folded.length, regions.length);
      const pollIntervalMs = options.reading?.pollIntervalMs ?? intervalMs;
      const paces: PollPace[] = [];
      const newPace = () => {
        const pace = new PollPace(pollIntervalMs);
        paces.push(pace);
        return pace;
      };
      // Where each log has a shard of its own, what one waits for is no reason to read the others.
      const shared = isShared ? newPace() : undefined;
      const polling =
        shared === undefined ? undefined : sharedSource(pollingSource({ ...access, pace: shared }));
      // Of each shard by itself: none waits for another.
      const started = await Promise.all(
        folded.map(async (shard) => {
          const log = await startKinesisCommandLog({
            ...options,
            ...options.reading,
            pace: shared ?? newPace(),
            ...(polling === undefined ? {} : { polling }),
            client,
            streamName,
            log: shard,
            hashKey: hashKeyOf(shards.indexOf(shard), shards.length),
            marks: openDynamoLogMarks({ dynamo }),
          });
          closers.add(() => log.log.close());
          return [shard, log] as const;
        }),
      );
      return new RegionLogs(new Map(started), paces, pollIntervalMs, closers);
    });
  }

  private constructor(
    started: ReadonlyMap<ShardId, StartedLog>,
    paces: readonly PollPace[],
    pollIntervalMs: number,
    closers: Closers,
  ) {
    this.#started = started;
    this.#paces = paces;
    this.#pollIntervalMs = pollIntervalMs;
    this.#closers = closers;
  }

  /** For reading, while they are not open. */
  get read(): ReadonlyMap<ShardId, CommandLog> {
    return new Map([...this.#started].map(([shard, { log }]) => [shard, log]));
  }

  /** Resolves at their ends as they then were; where they are polled they are polled seldom from then on. Rejects with an `OperatingError`. */
  async standBy(): Promise<void> {
    const areRead = await Promise.all([...this.#started.values()].map((log) => log.untilRead()));
    if (areRead.includes(false)) throw new OperatingError("The Region's logs cannot be read.");
    this.#poll(standbyIntervalOf(this.#pollIntervalMs));
  }

  /** Everything that was in one of them before is read when it resolves. Rejects with an `OperatingError`. */
  async untilRead(shard: ShardId): Promise<void> {
    if (!(await this.#started.get(shard)?.untilRead()))
      throw new OperatingError(`The log of ${shard} cannot be read.`);
  }

  /** Everything that was in them before is read when it resolves. Rejects with an `OperatingError`. */
  async open(): Promise<ReadonlyMap<ShardId, CommandLog>> {
    // The one that wrote them before reads no more, and whoever waits for matching waits for this: what is put to know the end is read as soon as it stands there, and if it is not seen then, soon again.
    this.#poll(Math.min(POLL_MS, this.#pollIntervalMs));
    const opened = await Promise.all(
      [...this.#started].map(async ([shard, log]) => [shard, await log.open()] as const),
    );
    this.#poll(this.#pollIntervalMs);
    return new Map(opened);
  }

  #poll(intervalMs: number): void {
    for (const pace of this.#paces) pace.change(intervalMs);
  }

  /** Puts what waits. */
  close(): Promise<void> {
    return this.#closers.close();
  }
}
