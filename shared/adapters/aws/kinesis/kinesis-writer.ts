import { type Aggregate, WRITER_ID_BYTES } from "./aggregate.ts";
import type { KinesisLogOptions, KinesisLogTuning } from "./kinesis-log-options.ts";
import { LogWriter, type LogWriterOptions } from "./log-writer.ts";
import { putRecord } from "./put-record.ts";

type Needed = Pick<KinesisLogOptions, "client" | "streamName" | "log" | "hashKey" | "clock" | "random">;
type Tuned = Pick<
  KinesisLogTuning,
  "lingerMs" | "flushBytes" | "maxWaiting" | "maxWaitingBytes" | "requestTimeoutMs" | "giveUpAfterMs"
>;

export interface KinesisWriterOptions
  extends Needed,
    Tuned,
    Pick<KinesisLogOptions, "onFlush">,
    Pick<LogWriterOptions, "onAwaited"> {
  /** See `LogWriterOptions`. */
  readonly readBackWithinMs?: number;
}

export interface KinesisWriter {
  readonly writer: LogWriter;
  /** True for a record that this writer put. */
  isOwn(aggregate: Aggregate): boolean;
}

/** A writer of a shard's log on its Kinesis stream, with an id of its own. */
export function createKinesisWriter(options: KinesisWriterOptions): KinesisWriter {
  const { client, streamName, log, hashKey, clock, random, requestTimeoutMs, giveUpAfterMs } = options;
  const id = random.bytes(WRITER_ID_BYTES);
  const place = { client, streamName, partitionKey: log, hashKey };
  const put = { ...place, clock, random, requestTimeoutMs, giveUpAfterMs };
  const { lingerMs, flushBytes, maxWaiting, maxWaitingBytes, readBackWithinMs, onFlush, onAwaited } = options;
  const writer = new LogWriter({
    put: (data, after, signal) => putRecord(put, data, after, signal),
    writer: id,
    clock,
    lingerMs,
    flushBytes,
    maxWaiting,
    maxWaitingBytes,
    ...(readBackWithinMs === undefined ? {} : { readBackWithinMs }),
    ...(onFlush === undefined ? {} : { onFlush }),
    ...(onAwaited === undefined ? {} : { onAwaited }),
  });
  return { writer, isOwn: ({ writer: other }) => id.every((byte, at) => byte === other[at]) };
}
