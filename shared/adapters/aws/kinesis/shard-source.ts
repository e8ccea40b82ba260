/** A record as the stream has it. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

/** The next records of one of the stream's shards; perhaps none. */
export interface ShardBatch {
  readonly records: readonly StreamRecord[];
  /** There was nothing behind them at that moment. */
  readonly isAtTip: boolean;
}

/** Where reading a shard begins. */
export type ShardStart =
  | { readonly kind: "horizon" }
  | { readonly kind: "at" | "after"; readonly sequenceNumber: string };

/** A way to read a shard of a stream. */
export interface ShardSource {
  /**
   * One attempt: batches in order, without end; it ends when the shard was closed (split or merged) and everything in it was given. Any trouble is thrown; whoever
   * reads begins again behind the last record that it has.
   */
  read(shard: string, start: ShardStart, signal: AbortSignal): AsyncGenerator<ShardBatch, void, undefined>;
}

/** Where to go on after a batch. */
export function startAfter(start: ShardStart, { records }: ShardBatch): ShardStart {
  const last = records.at(-1);
  return last === undefined ? start : { kind: "after", sequenceNumber: last.sequenceNumber };
}
