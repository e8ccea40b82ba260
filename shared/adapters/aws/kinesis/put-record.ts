import { type KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import { backoffMs } from "./backoff.ts";
import { pause, within } from "./pause.ts";
import { effectOf, isNamed } from "./request-failure.ts";

export interface PutOptions {
  readonly client: KinesisClient;
  readonly streamName: string;
  readonly partitionKey: string;
  readonly hashKey: string;
  readonly clock: Clock;
  readonly random: Random;
  /** How long one try may take. */
  readonly requestTimeoutMs: number;
  /** How long all tries together may take. */
  readonly giveUpAfterMs: number;
}

export type PutResult =
  | { readonly kind: "put"; readonly sequenceNumber: string; readonly attempts: number }
  /** No try took effect. */
  | { readonly kind: "not-put"; readonly attempts: number }
  /** It may be in the stream, or come to be. */
  | { readonly kind: "unknown"; readonly attempts: number };

/**
 * Puts one record, the same bytes again and again, until it is known to be there or the time is over. `PutRecord` alone orders what one writer puts
 * (`SequenceNumberForOrdering`, here `after`); `PutRecords` promises no order. `signal`: the writer knows better already.
 */
export async function putRecord(
  options: PutOptions,
  data: Uint8Array,
  after: string | undefined,
  signal: AbortSignal,
): Promise<PutResult> {
  const { client, streamName, partitionKey, hashKey, clock, random, requestTimeoutMs, giveUpAfterMs } =
    options;
  const deadline = clock.monotonic() + giveUpAfterMs;
  let isUnknown = false;
  let ordering = after;
  for (let attempts = 1; ; attempts++) {
    try {
      const command = new PutRecordCommand({
        StreamName: streamName,
        PartitionKey: partitionKey,
        ExplicitHashKey: hashKey,
        Data: data,
        ...(ordering === undefined ? {} : { SequenceNumberForOrdering: ordering }),
      });
      const answer = await within(clock, requestTimeoutMs, signal, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      if (answer.SequenceNumber !== undefined)
        return { kind: "put", sequenceNumber: answer.SequenceNumber, attempts };
      isUnknown = true;
    } catch (error) {
      if (effectOf(error) === "unknown") isUnknown = true;
      // The number before it is of a shard that this one's records no longer go to.
      if (isNamed(error, "InvalidArgumentException")) ordering = undefined;
    }
    const delayMs = backoffMs(attempts, random);
    if (signal.aborted || clock.monotonic() + delayMs >= deadline)
      return { kind: isUnknown ? "unknown" : "not-put", attempts };
    await pause(clock, delayMs, signal);
  }
}
