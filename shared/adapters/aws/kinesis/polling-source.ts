import {
  type _Record,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ShardIteratorType,
} from "@aws-sdk/client-kinesis";
import { within } from "./pause.ts";
import type { PollPace } from "./poll-pace.ts";
import { isNamed } from "./request-failure.ts";
import {
  type ShardBatch,
  type ShardSource,
  type ShardStart,
  type StreamRecord,
  startAfter,
} from "./shard-source.ts";
import type { StreamAccess } from "./stream-access.ts";

export interface PollingOptions extends StreamAccess {
  /** Between two reads of a shard. A shard allows five a second, for all its readers together. */
  readonly pace: PollPace;
}

/** Records of one answer: at most so many, and at most 10 MB. */
const RECORDS_MAX = 1000;
/** An iterator is good for five minutes. */
const ITERATOR_AGE_MAX_MS = 120_000;

/** Reads with `GetRecords`. */
export function pollingSource(options: PollingOptions): ShardSource {
  return { read: (shard, start, signal) => poll(options, shard, start, signal) };
}

async function* poll(
  options: PollingOptions,
  shard: string,
  start: ShardStart,
  signal: AbortSignal,
): AsyncGenerator<ShardBatch, void, undefined> {
  const { clock, pace } = options;
  let place = start;
  let iterator: string | undefined = await iteratorAt(options, shard, place, signal);
  let iteratorSince = clock.monotonic();
  while (!signal.aborted) {
    if (clock.monotonic() - iteratorSince > ITERATOR_AGE_MAX_MS) {
      iterator = await iteratorAt(options, shard, place, signal);
      iteratorSince = clock.monotonic();
    }
    const answer = await getRecords(options, iterator, signal);
    if (answer === "expired") {
      iteratorSince = Number.NEGATIVE_INFINITY;
      continue;
    }
    const { records, behindMs, next } = answer;
    const isAtTip = records.length === 0 && behindMs === 0;
    const batch = { records, isAtTip };
    place = startAfter(place, batch);
    yield batch;
    if (next === undefined) return;
    // At the tip the reader stays behind the last record that it has, instead of believing that nothing older can still come.
    if (!isAtTip) {
      iterator = next;
      iteratorSince = clock.monotonic();
    }
    await pace.wait(clock, signal);
  }
}

async function getRecords(
  { client, clock, requestTimeoutMs }: PollingOptions,
  iterator: string,
  signal: AbortSignal,
) {
  try {
    const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: RECORDS_MAX });
    const answer = await within(clock, requestTimeoutMs, signal, (abortSignal) =>
      client.send(command, { abortSignal }),
    );
    return {
      records: (answer.Records ?? []).map(streamRecordOf),
      behindMs: answer.MillisBehindLatest ?? 0,
      next: answer.NextShardIterator,
    };
  } catch (error) {
    if (isNamed(error, "ExpiredIteratorException", "InvalidArgumentException")) return "expired";
    throw error;
  }
}

async function iteratorAt(
  { client, streamName, clock, requestTimeoutMs }: PollingOptions,
  shard: string,
  start: ShardStart,
  signal: AbortSignal,
): Promise<string> {
  const command = new GetShardIteratorCommand({
    StreamName: streamName,
    ShardId: shard,
    ...startingPosition(start),
  });
  const answer = await within(clock, requestTimeoutMs, signal, (abortSignal) =>
    client.send(command, { abortSignal }),
  );
  if (answer.ShardIterator === undefined) throw new Error(`no iterator of ${shard} was given`);
  return answer.ShardIterator;
}

function startingPosition(start: ShardStart) {
  if (start.kind === "horizon") return { ShardIteratorType: ShardIteratorType.TRIM_HORIZON };
  const { AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER } = ShardIteratorType;
  return {
    ShardIteratorType: start.kind === "at" ? AT_SEQUENCE_NUMBER : AFTER_SEQUENCE_NUMBER,
    StartingSequenceNumber: start.sequenceNumber,
  };
}

export function streamRecordOf({ SequenceNumber = "", PartitionKey = "", Data }: _Record): StreamRecord {
  return { sequenceNumber: SequenceNumber, partitionKey: PartitionKey, data: Data ?? new Uint8Array() };
}
