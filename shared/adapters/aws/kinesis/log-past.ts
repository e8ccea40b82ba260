import type { LogRecord } from "#shared/ports/command-log.ts";
import type { LogMark } from "#shared/ports/log-marks.ts";
import { numbered } from "./numbering.ts";
import { readStream, type StreamBatch, type StreamReading } from "./read-stream.ts";

export interface LogPastOptions {
  readonly reading: StreamReading;
  /** The partition key of the log's records. */
  readonly log: string;
  /** Where to begin; `undefined` for the oldest record, which has position 1. */
  readonly from: LogMark | undefined;
  /** Told where records begin that were come by. */
  readonly onPlace: (mark: LogMark) => void;
}

/** Reads a log's past from the stream, forward, for one reader that has fallen out of the window. */
export class LogPast {
  readonly #options: LogPastOptions;
  readonly #controller = new AbortController();
  readonly #batches: AsyncGenerator<StreamBatch, void, undefined>;
  #position: number;
  #read: LogRecord[] = [];

  constructor(options: LogPastOptions) {
    this.#options = options;
    const { reading, from } = options;
    this.#position = from?.position ?? 0;
    const place =
      from === undefined
        ? undefined
        : {
            streamShard: from.streamShard,
            start: { kind: "at", sequenceNumber: from.sequenceNumber } as const,
          };
    this.#batches = readStream(reading, place, this.#controller.signal);
  }

  /** Records behind a position, which rises from call to call: at least one and at most `limit`, unless it was closed. There must be one. Throws `RecordsLost`. */
  async next(after: number, limit: number): Promise<readonly LogRecord[]> {
    for (;;) {
      this.#read = this.#read.filter(({ position }) => position > after);
      if (this.#read.length > 0) return this.#read.slice(0, limit);
      const { done, value } = await this.#batches.next();
      if (done === true) return [];
      this.#take(value);
    }
  }

  close(): void {
    this.#controller.abort();
    this.#read = [];
    void this.#batches.return().catch(() => {});
  }

  #take({ streamShard, records }: StreamBatch): void {
    const { log, onPlace } = this.#options;
    const own = records.filter(({ partitionKey }) => partitionKey === log);
    for (const [at, record] of own.entries()) {
      // The last of a batch is where a later reader is likely to go on.
      if (at === own.length - 1)
        onPlace({ position: this.#position, streamShard, sequenceNumber: record.sequenceNumber });
      const { records: given } = numbered(record, this.#position);
      this.#position += given.length;
      this.#read.push(...given);
    }
  }
}
