import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { Clock } from "#shared/ports/clock.ts";
import type { LogMarks } from "#shared/ports/log-marks.ts";
import type { Random } from "#shared/ports/random.ts";
import { fallbackSource } from "./fallback-source.ts";
import { fanOutSource } from "./fan-out-source.ts";
import type { LogReaderOptions, UndecodableRecord } from "./log-reader.ts";
import type { FlushObserved } from "./log-writer.ts";
import { PollPace } from "./poll-pace.ts";
import { pollingSource } from "./polling-source.ts";
import type { StreamReading } from "./read-stream.ts";
import type { ShardSource } from "./shard-source.ts";
import { streamShards } from "./stream-shards.ts";

export interface KinesisLogOptions extends Partial<KinesisLogTuning> {
  readonly client: KinesisClient;
  readonly streamName: string;
  /** The log's name, a shard's: the partition key of its records. */
  readonly log: string;
  /** Where the log's records go (`hashKeyOf`). */
  readonly hashKey: string;
  /** Closed with the log. */
  readonly marks: LogMarks;
  readonly clock: Clock;
  readonly random: Random;
  /** The consumer whose lease this task holds or hopes for; without one the stream is polled. */
  readonly consumer?: FanOutConsumer;
  /** How often it is polled where that changes; every `pollIntervalMs` otherwise. */
  readonly pace?: PollPace;
  /** How its end is polled, where other logs share that; at the pace by itself otherwise. */
  readonly polling?: ShardSource;
  readonly onUndecodable: (record: UndecodableRecord) => void;
  /** An operating error that ends the log: the task must stop and start again. */
  readonly onFailure: (error: unknown) => void;
  /** Trouble that is tried again, for who counts it. */
  readonly onTrouble?: (error: unknown) => void;
  readonly onFlush?: (flush: FlushObserved) => void;
}

/** A registered consumer of the stream. */
export interface FanOutConsumer {
  arn(): Promise<string>;
  /** True while this task holds it. */
  isHeld(): boolean;
}

export interface KinesisLogTuning {
  readonly lingerMs: number;
  readonly flushBytes: number;
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
  readonly requestTimeoutMs: number;
  readonly giveUpAfterMs: number;
  readonly readBackWithinMs: number;
  readonly pollIntervalMs: number;
  readonly renewAfterMs: number;
  readonly quietMaxMs: number;
  readonly pollForMs: number;
  readonly windowRecords: number;
  readonly windowBytes: number;
  readonly keepAliveMs: number;
}

export const DEFAULT_TUNING: KinesisLogTuning = {
  lingerMs: 5,
  flushBytes: 500_000,
  maxWaiting: 20_000,
  maxWaitingBytes: 16_000_000,
  requestTimeoutMs: 3000,
  giveUpAfterMs: 10_000,
  readBackWithinMs: 10_000,
  // Five reads a second is what a shard allows.
  pollIntervalMs: 250,
  renewAfterMs: 270_000,
  quietMaxMs: 20_000,
  pollForMs: 60_000,
  windowRecords: 100_000,
  windowBytes: 32_000_000,
  keepAliveMs: 3_600_000,
};

export type KinesisLogSettings = KinesisLogOptions &
  KinesisLogTuning & { readonly access: AccessSettings; readonly pace: PollPace };

type AccessSettings = Pick<KinesisLogOptions, "client" | "streamName" | "clock"> & {
  readonly requestTimeoutMs: number;
};

/** The options with what was left out. */
export function settingsOf(options: KinesisLogOptions): KinesisLogSettings {
  const settings = { ...DEFAULT_TUNING, ...options };
  const { client, streamName, clock, requestTimeoutMs } = settings;
  const pace = settings.pace ?? new PollPace(settings.pollIntervalMs);
  return { ...settings, pace, access: { client, streamName, clock, requestTimeoutMs } };
}

/** How a log with these settings is read: its end with fan-out where that is to be had, its past by polling. */
export function logReaderOptions(settings: KinesisLogSettings): LogReaderOptions {
  const { access, clock, random, log, hashKey, marks, consumer, onUndecodable, onFailure, onTrouble } =
    settings;
  const polling = pollingSource({ ...access, pace: settings.pace });
  const reading = (source: ShardSource): StreamReading => ({
    ...{ streamName: access.streamName, source, shards: streamShards(access), hashKey, clock, random },
    ...(onTrouble === undefined ? {} : { onTrouble }),
  });
  return {
    tail: reading(
      consumer === undefined ? (settings.polling ?? polling) : withFanOut(settings, consumer, polling),
    ),
    past: reading(polling),
    window: { recordsMax: settings.windowRecords, bytesMax: settings.windowBytes },
    ...{ log, marks, onUndecodable, onFailure },
  };
}

function withFanOut(
  settings: KinesisLogSettings,
  consumer: FanOutConsumer,
  polling: ShardSource,
): ShardSource {
  const { access, clock, renewAfterMs, quietMaxMs, pollForMs, onTrouble } = settings;
  const consumerArn = () => consumer.arn();
  return fallbackSource({
    fanOut: fanOutSource({ ...access, consumerArn, renewAfterMs, quietMaxMs }),
    polling,
    clock,
    mayFanOut: () => consumer.isHeld(),
    pollForMs,
    ...(onTrouble === undefined ? {} : { onPolling: onTrouble }),
  });
}
