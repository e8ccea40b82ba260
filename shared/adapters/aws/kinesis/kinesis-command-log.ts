import { assert } from "#shared/domain/invariant.ts";
import type { Timer } from "#shared/ports/clock.ts";
import type { AppendResult, CommandLog, LogRecord, Subscription } from "#shared/ports/command-log.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import {
  type KinesisLogOptions,
  type KinesisLogSettings,
  logReaderOptions,
  settingsOf,
} from "./kinesis-log-options.ts";
import { createKinesisWriter } from "./kinesis-writer.ts";
import { LogReader } from "./log-reader.ts";
import type { LogWriter } from "./log-writer.ts";

/** A log that is read from now on, by a task that may come to write it. */
export interface StartedLog {
  /** For reading: nothing may be appended before it is opened. */
  readonly log: CommandLog;
  /** Resolves when everything that was in the log before the call is read; false if that could not be had. Puts an empty record to know it, for a reader that polls a busy log never sees its end. */
  untilRead(): Promise<boolean>;
  /** As {@link openKinesisCommandLog}; closed where it rejects. */
  open(): Promise<CommandLog>;
}

/** Begins to read a Region's own log of a shard. Rejects where the log's marks cannot be had. */
export async function startKinesisCommandLog(options: KinesisLogOptions): Promise<StartedLog> {
  const settings = settingsOf(options);
  const { writer, isOwn } = createKinesisWriter({ ...settings, onAwaited: () => settings.pace.hurry() });
  const reader = await LogReader.start({
    ...logReaderOptions(settings),
    onAggregate: (aggregate, position, sequenceNumber) => {
      if (isOwn(aggregate)) writer.read(aggregate.flush, position, sequenceNumber);
    },
    onFailure: (error) => {
      writer.fail();
      options.onFailure(error);
    },
  });
  return new KinesisCommandLog(writer, reader, settings);
}

/**
 * Opens a Region's own log of a shard on a Kinesis stream: what is appended is put in aggregates, and acknowledged with its position when this task's own reader has come to it. Resolves when everything
 * that was in the log before has been read, so `lastPosition` is true from the beginning. Rejects with an `OperatingError` if that cannot be had.
 */
export async function openKinesisCommandLog(options: KinesisLogOptions): Promise<CommandLog> {
  return (await startKinesisCommandLog(options)).open();
}

class KinesisCommandLog implements CommandLog, StartedLog {
  readonly #writer: LogWriter;
  readonly #reader: LogReader;
  readonly #settings: KinesisLogSettings;
  #isOpen = false;
  #keepAlive: Timer | undefined;
  #closed: Promise<void> | undefined;

  constructor(writer: LogWriter, reader: LogReader, settings: KinesisLogSettings) {
    this.#writer = writer;
    this.#reader = reader;
    this.#settings = settings;
  }

  get log(): CommandLog {
    return this;
  }

  untilRead(): Promise<boolean> {
    return this.#writer.barrier();
  }

  async open(): Promise<CommandLog> {
    const { access, log } = this.#settings;
    assert(!this.#isOpen, `the log ${log} is opened once`);
    this.#isOpen = true;
    if (!(await this.#writer.barrier())) {
      this.#writer.fail();
      await this.#reader.close();
      throw new OperatingError(
        `The stream ${access.streamName} cannot be written to and read: the log ${log} does not open.`,
      );
    }
    await this.#reader.markEnd();
    this.#keepAlive = this.#keepAliveLater(this.#writer.flushCount);
    return this;
  }

  append(bytes: Uint8Array): Promise<AppendResult> {
    assert(this.#isOpen, "who stands by appends nothing");
    return this.#writer.append(bytes);
  }

  read(after: number, limit: number): Promise<readonly LogRecord[]> {
    return this.#reader.read(after, limit);
  }

  subscribe(after: number, onRecords: (records: readonly LogRecord[]) => void | Promise<void>): Subscription {
    return this.#reader.subscribe(after, onRecords);
  }

  lastPosition(): number {
    return this.#reader.lastPosition();
  }

  trim(through: number): Promise<void> {
    return this.#reader.trim(through);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#keepAlive?.cancel();
    await this.#writer.close();
    await this.#reader.close();
  }

  /** A log that nobody writes to gets a barrier now and then: its newest mark must not fall out of the stream's retention. */
  #keepAliveLater(flushCount: number): Timer {
    const { clock, keepAliveMs } = this.#settings;
    return clock.schedule(keepAliveMs, () => {
      if (this.#writer.flushCount === flushCount) void this.#writer.barrier();
      this.#keepAlive = this.#keepAliveLater(this.#writer.flushCount);
    });
  }
}
