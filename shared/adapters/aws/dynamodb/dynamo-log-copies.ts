import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { LogRecord, Subscription } from "#shared/ports/command-log.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import { CopiedLog, LOOK_BACK } from "./copied-log.ts";
import { type Dynamo, WRITER_PATIENCE_MS } from "./dynamo.ts";
import { StoreClosed } from "./dynamo-errors.ts";
import { PULL_BATCH, PullSubscription } from "./pull-subscription.ts";
import { numberOf } from "./row.ts";

export interface DynamoLogCopiesOptions {
  readonly dynamo: Dynamo;
  readonly shards: readonly ShardId[];
  /** The Regions whose logs are copied. */
  readonly origins: readonly RegionId[];
  /** Rings when another task may have written. Without it only what this task writes is heard of. */
  readonly onChange?: (ring: () => void) => Subscription;
}

/** Copies that another task may write too. */
export interface SharedLogCopies extends LogCopies {
  /** Looks how far the copies of a shard's logs go now. */
  refresh(shard: ShardId): Promise<void>;
}

/** One copied log, and who listens. */
interface Followed {
  readonly log: CopiedLog;
  readonly subscriptions: Set<PullSubscription<LogRecord>>;
}

/** Opens the copies that a Region keeps of the others' logs, and its fences. */
export async function openDynamoLogCopies(options: DynamoLogCopiesOptions): Promise<SharedLogCopies> {
  const dynamo = options.dynamo.withPatience(WRITER_PATIENCE_MS);
  const logs = new Map<string, Followed>();
  const fences = new Map<ShardId, number>();
  const { shards, origins } = options;
  // Whoever opens them is waited for.
  const fenced = Promise.all(shards.map((shard) => dynamo.get("memory", { pk: fenceKey(shard) })));
  const copied = shards.flatMap((shard) => origins.map((origin) => ({ shard, origin })));
  const opened = await Promise.all(copied.map(({ shard, origin }) => CopiedLog.open(dynamo, shard, origin)));
  for (const [at, { shard, origin }] of copied.entries()) {
    const log = opened[at];
    if (log !== undefined) logs.set(nameOf(shard, origin), { log, subscriptions: new Set() });
  }
  for (const [at, row] of (await fenced).entries()) {
    const shard = shards[at];
    if (shard !== undefined) fences.set(shard, row === undefined ? 0 : numberOf(row, "epoch"));
  }
  return new DynamoLogCopies(dynamo, logs, fences, options.onChange);
}

class DynamoLogCopies implements SharedLogCopies {
  readonly #dynamo: Dynamo;
  readonly #logs: ReadonlyMap<string, Followed>;
  readonly #fences: Map<ShardId, number>;
  readonly #doorbell: Subscription | undefined;
  #isLooking = false;
  #isClosed = false;

  constructor(
    dynamo: Dynamo,
    logs: ReadonlyMap<string, Followed>,
    fences: Map<ShardId, number>,
    onChange: DynamoLogCopiesOptions["onChange"],
  ) {
    this.#dynamo = dynamo;
    this.#logs = logs;
    this.#fences = fences;
    this.#doorbell = onChange?.(() => void this.#look());
  }

  async append(shard: ShardId, origin: RegionId, records: readonly LogRecord[]): Promise<void> {
    this.#assertOpen();
    const { log, subscriptions } = this.#followed(shard, origin);
    await log.append(records);
    for (const subscription of subscriptions) subscription.notify();
  }

  async read(shard: ShardId, origin: RegionId, after: number, limit: number): Promise<readonly LogRecord[]> {
    this.#assertOpen();
    return this.#followed(shard, origin).log.read(after, limit);
  }

  subscribe(
    shard: ShardId,
    origin: RegionId,
    after: number,
    onRecords: (records: readonly LogRecord[]) => void | Promise<void>,
  ): Subscription {
    const { log, subscriptions } = this.#followed(shard, origin);
    let position = after;
    const subscription = new PullSubscription<LogRecord>({
      read: async () => {
        const records = this.#isClosed ? [] : await log.read(position, PULL_BATCH);
        position = records.at(-1)?.position ?? position;
        return records;
      },
      handle: onRecords,
      clock: this.#dynamo.clock,
    });
    subscriptions.add(subscription);
    subscription.notify();
    return {
      cancel: () => {
        subscription.cancel();
        subscriptions.delete(subscription);
      },
    };
  }

  lastPosition(shard: ShardId, origin: RegionId): number {
    return this.#followed(shard, origin).log.last;
  }

  async fence(shard: ShardId, epoch: number): Promise<void> {
    if (epoch <= this.fencedEpoch(shard)) return;
    const condition = {
      expression: "attribute_not_exists(#epoch) OR #epoch < :fenced",
      values: { fenced: epoch },
    };
    const written = await this.#dynamo.update(
      "memory",
      { pk: fenceKey(shard) },
      { set: { epoch }, condition },
    );
    // Refused: it was fenced as high before, by an earlier try or another task.
    const there = written.ok || written.present === undefined ? epoch : numberOf(written.present, "epoch");
    this.#fences.set(shard, Math.max(there, epoch));
  }

  fencedEpoch(shard: ShardId): number {
    return this.#fences.get(shard) ?? 0;
  }

  async refresh(shard: ShardId): Promise<void> {
    this.#assertOpen();
    for (const [name, { log, subscriptions }] of this.#logs)
      if (name.startsWith(nameOf(shard, "" as RegionId)) && (await log.look(LOOK_BACK)))
        for (const subscription of subscriptions) subscription.notify();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#doorbell?.cancel();
    for (const { subscriptions } of this.#logs.values())
      for (const subscription of subscriptions) subscription.cancel();
  }

  /** Another task may have written: the logs that somebody follows are looked at. One that does not answer is looked at with the next ring. */
  async #look(): Promise<void> {
    if (this.#isLooking || this.#isClosed) return;
    this.#isLooking = true;
    const followed = [...this.#logs.values()].filter(({ subscriptions }) => subscriptions.size > 0);
    await Promise.allSettled(
      followed.map(async ({ log, subscriptions }) => {
        if (await log.look()) for (const subscription of subscriptions) subscription.notify();
      }),
    );
    this.#isLooking = false;
  }

  #followed(shard: ShardId, origin: RegionId): Followed {
    const followed = this.#logs.get(nameOf(shard, origin));
    assert(followed !== undefined, `the copies of ${shard} of ${origin} were not opened`);
    return followed;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new StoreClosed("The copies of other Regions' logs were closed.");
  }
}

function nameOf(shard: ShardId, origin: RegionId): string {
  return `${shard} ${origin}`;
}

function fenceKey(shard: ShardId): string {
  return `FENCE#${shard}`;
}
