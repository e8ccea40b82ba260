import type { Clock } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { Random } from "#shared/ports/random.ts";
import { backoffMs } from "./backoff.ts";
import { pause } from "./pause.ts";
import { isNamed } from "./request-failure.ts";
import { type ShardBatch, type ShardSource, type ShardStart, startAfter } from "./shard-source.ts";
import type { StreamShards } from "./stream-shards.ts";

/** The stream no longer has a record that was still needed: its retention was shorter than the reader's absence. */
export class RecordsLost extends OperatingError {
  override readonly name = "RecordsLost";
}

/** A place in a stream: in one of its shards. */
export interface StreamPlace {
  readonly streamShard: string;
  readonly start: ShardStart;
}

/** Records of one of the stream's shards. */
export interface StreamBatch extends ShardBatch {
  readonly streamShard: string;
}

export interface StreamReading {
  readonly streamName: string;
  readonly source: ShardSource;
  readonly shards: StreamShards;
  readonly hashKey: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of trouble that is tried again. */
  readonly onTrouble?: (error: unknown) => void;
}

/**
 * Reads what a hash key was and is given, in order and without end: over splits and merges, parents before children; trouble is tried again behind the last record. Begins at a place, or at the
 * oldest record that there is. Throws `RecordsLost`.
 */
export async function* readStream(
  reading: StreamReading,
  from: StreamPlace | undefined,
  signal: AbortSignal,
): AsyncGenerator<StreamBatch, void, undefined> {
  const { source, shards, hashKey, clock, random, onTrouble } = reading;
  let place = from;
  /** The record that must be the first one: a stream that has lost it begins with another. */
  let expected = from?.start.kind === "at" ? from.start.sequenceNumber : undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      place ??= { streamShard: await shards.firstOf(hashKey), start: { kind: "horizon" } };
      for await (const batch of source.read(place.streamShard, place.start, signal)) {
        failures = 0;
        const [first] = batch.records;
        if (expected !== undefined && (first !== undefined || batch.isAtTip)) {
          if (first?.sequenceNumber !== expected) throw lost(reading, expected);
          expected = undefined;
        }
        place = { streamShard: place.streamShard, start: startAfter(place.start, batch) };
        yield { streamShard: place.streamShard, ...batch };
        if (signal.aborted) return;
      }
      if (signal.aborted) return;
      if (expected !== undefined) throw lost(reading, expected);
      const child = await shards.childOf(place.streamShard, hashKey);
      if (child === undefined) throw new Error(`${place.streamShard} has ended and has no child yet`);
      place = { streamShard: child, start: { kind: "horizon" } };
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof OperatingError) throw error;
      if (isNamed(error, "InvalidArgumentException") && expected !== undefined) throw lost(reading, expected);
      if (isNamed(error, "ResourceNotFoundException") && (await isGone(shards, place)))
        throw lost(reading, place?.streamShard ?? "");
      onTrouble?.(error);
      failures++;
      await pause(clock, backoffMs(failures, random), signal);
    }
  }
}

/** The stream is there, and the shard is not. */
async function isGone(shards: StreamShards, place: StreamPlace | undefined): Promise<boolean> {
  if (place === undefined) return false;
  try {
    return !(await shards.has(place.streamShard));
  } catch {
    return false;
  }
}

function lost({ streamName }: StreamReading, what: string): RecordsLost {
  return new RecordsLost(
    `The stream ${streamName} no longer holds ${what}: this Region needs the state of another one.`,
  );
}
