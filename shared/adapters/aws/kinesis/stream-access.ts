import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { Clock } from "#shared/ports/clock.ts";

/** A stream, and how it is asked. */
export interface StreamAccess {
  readonly client: KinesisClient;
  readonly streamName: string;
  readonly clock: Clock;
  /** How long one request may take. */
  readonly requestTimeoutMs: number;
}
