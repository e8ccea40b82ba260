import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
} from "@aws-sdk/client-dynamodb-streams";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import { type DynamoPlace, sdkConfigOf } from "./dynamo-clients.ts";

export interface StreamTailOptions extends DynamoPlace {
  /** `DescribeTable` tells it: `LatestStreamArn`. */
  readonly streamArn: string;
  readonly clock: Clock;
  /** How long it waits before it looks again where nothing came. A shard may be asked five times a second in all. */
  readonly idleMs?: number;
  /** Told of what failed and will be tried again. */
  readonly onTrouble?: (error: unknown) => void;
}

/** Rings when items of a table change. */
export interface StreamTail {
  /** Calls `ring` when an item changed whose hash key is `pk` or begins with `pk#`; also when changes may have been missed. */
  onChange(pk: string, ring: () => void): Subscription;
  close(): void;
}

const IDLE_MS = 250;
/** New shards come about every four hours; a shard that ended is noticed at once. */
const LOOK_FOR_SHARDS_MS = 10_000;

/**
 * Follows a table's stream from now on: each shard by itself, children after their parents. A record is only a bell: whoever is rung reads the table, so
 * a record that is lost with an iterator, or comes twice, does no harm. A stream bears two readers, that of a global table one (Lambda Developer Guide,
 * "Using AWS Lambda with Amazon DynamoDB"); further ones look again and again (bell.ts).
 */
export function openStreamTail(options: StreamTailOptions): StreamTail {
  const tail = new RunningTail(options);
  tail.start();
  return tail;
}

interface Listener {
  readonly pk: string;
  readonly ring: () => void;
}

interface OpenShard {
  readonly id: string;
  iterator: string | undefined;
  /** The last record that was seen. */
  sequenceNumber: string | undefined;
}

class RunningTail implements StreamTail {
  readonly #options: StreamTailOptions;
  readonly #client: DynamoDBStreamsClient;
  readonly #listeners = new Set<Listener>();
  readonly #open = new Map<string, OpenShard>();
  readonly #ended = new Set<string>();
  #timer: Timer | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isFirst = true;
  #isClosed = false;

  constructor(options: StreamTailOptions) {
    this.#options = options;
    this.#client = new DynamoDBStreamsClient(sdkConfigOf(options));
  }

  start(): void {
    void this.#round();
  }

  onChange(pk: string, ring: () => void): Subscription {
    const listener = { pk, ring };
    this.#listeners.add(listener);
    return { cancel: () => void this.#listeners.delete(listener) };
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#client.destroy();
  }

  async #round(): Promise<void> {
    let isBusy = false;
    try {
      if (this.#options.clock.monotonic() - this.#lookedAt >= LOOK_FOR_SHARDS_MS) await this.#lookForShards();
      const counts = await Promise.all([...this.#open.values()].map((shard) => this.#read(shard)));
      isBusy = counts.some((count) => count > 0);
    } catch (error) {
      if (!this.#isClosed) this.#options.onTrouble?.(error);
    }
    if (this.#isClosed) return;
    const delayMs = isBusy ? 0 : (this.#options.idleMs ?? IDLE_MS);
    this.#timer = this.#options.clock.schedule(delayMs, () => void this.#round());
  }

  /** At first every shard from now on: one that has ended has nothing more and goes. Later those that follow one that ended, from their beginning. */
  async #lookForShards(): Promise<void> {
    const shards = await this.#shards();
    for (const { ShardId = "", ParentShardId } of shards) {
      if (this.#open.has(ShardId) || this.#ended.has(ShardId)) continue;
      // A child waits until its parent was read to its end.
      if (!this.#isFirst && ParentShardId !== undefined && this.#open.has(ParentShardId)) continue;
      const shard = { id: ShardId, iterator: undefined, sequenceNumber: undefined };
      await this.#place(shard, this.#isFirst ? "LATEST" : "TRIM_HORIZON");
      this.#open.set(ShardId, shard);
    }
    const known = new Set(shards.map(({ ShardId }) => ShardId));
    for (const id of this.#ended) if (!known.has(id)) this.#ended.delete(id);
    // What changed until here nobody has heard of.
    if (this.#isFirst) this.#ringAll();
    this.#isFirst = false;
    this.#lookedAt = this.#options.clock.monotonic();
  }

  async #shards(): Promise<Shard[]> {
    const shards: Shard[] = [];
    let from: string | undefined;
    do {
      const { StreamDescription: page } = await this.#client.send(
        new DescribeStreamCommand({
          StreamArn: this.#options.streamArn,
          ...(from === undefined ? {} : { ExclusiveStartShardId: from }),
        }),
      );
      shards.push(...(page?.Shards ?? []));
      from = page?.LastEvaluatedShardId;
    } while (from !== undefined);
    return shards;
  }

  async #place(shard: OpenShard, where: "LATEST" | "TRIM_HORIZON" | "AFTER_SEQUENCE_NUMBER"): Promise<void> {
    const { ShardIterator } = await this.#client.send(
      new GetShardIteratorCommand({
        StreamArn: this.#options.streamArn,
        ShardId: shard.id,
        ShardIteratorType: where,
        ...(where === "AFTER_SEQUENCE_NUMBER" ? { SequenceNumber: shard.sequenceNumber } : {}),
      }),
    );
    shard.iterator = ShardIterator;
  }

  /** How many records there were. */
  async #read(shard: OpenShard): Promise<number> {
    try {
      const page = await this.#client.send(new GetRecordsCommand({ ShardIterator: shard.iterator }));
      const records = page.Records ?? [];
      shard.sequenceNumber = records.at(-1)?.dynamodb?.SequenceNumber ?? shard.sequenceNumber;
      shard.iterator = page.NextShardIterator;
      for (const pk of new Set(records.map(({ dynamodb }) => dynamodb?.Keys?.pk?.S ?? ""))) this.#ring(pk);
      if (shard.iterator === undefined) this.#end(shard);
      return records.length;
    } catch (error) {
      await this.#recover(shard, error);
      return 0;
    }
  }

  #end(shard: OpenShard): void {
    this.#open.delete(shard.id);
    this.#ended.add(shard.id);
    this.#lookedAt = Number.NEGATIVE_INFINITY;
  }

  /** An iterator is good for 15 minutes, a record for 24 hours. */
  async #recover(shard: OpenShard, error: unknown): Promise<void> {
    const name = error instanceof Error ? error.name : "";
    if (name === "ExpiredIteratorException")
      await this.#place(shard, shard.sequenceNumber === undefined ? "TRIM_HORIZON" : "AFTER_SEQUENCE_NUMBER");
    else if (name === "TrimmedDataAccessException") {
      await this.#place(shard, "TRIM_HORIZON");
      this.#ringAll();
    } else if (name === "ResourceNotFoundException") {
      this.#end(shard);
      this.#ringAll();
    } else throw error;
  }

  #ring(pk: string): void {
    for (const listener of this.#listeners)
      if (pk === listener.pk || pk.startsWith(`${listener.pk}#`)) listener.ring();
  }

  #ringAll(): void {
    for (const { ring } of this.#listeners) ring();
  }
}
