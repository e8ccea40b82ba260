import type { Timer } from "#shared/ports/clock.ts";
import type { AppendResult, CommandLog, LogRecord, Subscription } from "#shared/ports/command-log.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import { type KinesisLogOptions, logReaderOptions, settingsOf } from "./kinesis-log-options.ts";
import { createKinesisWriter } from "./kinesis-writer.ts";
import { LogReader } from "./log-reader.ts";
import type { LogWriter } from "./log-writer.ts";

/**
 * Opens a Region's own log of a shard on a Kinesis stream: what is appended is put in aggregates, and acknowledged with its position when this task's own reader has come to it. Resolves when everything
 * that was in the log before has been read, so `lastPosition` is true from the beginning. Rejects with an `OperatingError` if that cannot be had.
 */
export async function openKinesisCommandLog(options: KinesisLogOptions): Promise<CommandLog> {
  const settings = settingsOf(options);
  const { access, log } = settings;
  const { writer, isOwn } = createKinesisWriter(settings);
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
  if (!(await writer.barrier())) {
    writer.fail();
    await reader.close();
    throw new OperatingError(
      `The stream ${access.streamName} cannot be written to and read: the log ${log} does not open.`,
    );
  }
  await reader.markEnd();
  return new KinesisCommandLog(writer, reader, options);
}

class KinesisCommandLog implements CommandLog {
  readonly #writer: LogWriter;
  readonly #reader: LogReader;
  readonly #options: KinesisLogOptions;
  readonly #keepAliveMs: number;
  #keepAlive: Timer;
  #closed: Promise<void> | undefined;

  constructor(writer: LogWriter, reader: LogReader, options: KinesisLogOptions) {
    this.#writer = writer;
    this.#reader = reader;
    this.#options = options;
    this.#keepAliveMs = settingsOf(options).keepAliveMs;
    this.#keepAlive = this.#keepAliveLater(writer.flushCount);
  }

  append(bytes: Uint8Array): Promise<AppendResult> {
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
    this.#keepAlive.cancel();
    await this.#writer.close();
    await this.#reader.close();
  }

  /** A log that nobody writes to gets a barrier now and then: its newest mark must not fall out of the stream's retention. */
  #keepAliveLater(flushCount: number): Timer {
    return this.#options.clock.schedule(this.#keepAliveMs, () => {
      if (this.#writer.flushCount === flushCount) void this.#writer.barrier();
      this.#keepAlive = this.#keepAliveLater(this.#writer.flushCount);
    });
  }
}
