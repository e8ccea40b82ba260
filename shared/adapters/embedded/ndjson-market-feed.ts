import { type FileHandle, open, rename } from "node:fs/promises";
import type { ShardId } from "#shared/domain/ids.ts";
import type { MarketFeed } from "#shared/ports/market-feed.ts";
import { type MarketMessage, marketLineOf } from "#shared/protocol/market-feed.ts";
import { StorageError } from "./storage-errors.ts";

export interface NdjsonFeedOptions {
  readonly file: string;
  /** A file that has grown to this is put aside as `<file>.1`, in place of the one before it. */
  readonly bytesMax?: number;
}

const BYTES_MAX = 256_000_000;
const LINE_END = 0x0a;

/** Opens the market feed of one machine: a file with one message a line. What a crash has left of half a line is cut off. */
export async function openNdjsonMarketFeed(options: NdjsonFeedOptions): Promise<MarketFeed> {
  try {
    const handle = await open(options.file, "a+");
    return new NdjsonMarketFeed(options, handle, await endOfLines(handle));
  } catch (error) {
    throw unusable(options.file, error);
  }
}

class NdjsonMarketFeed implements MarketFeed {
  readonly #options: NdjsonFeedOptions;
  #handle: FileHandle;
  #bytes: number;
  /** One write at a time, whatever the shard. */
  #last: Promise<void> = Promise.resolve();

  constructor(options: NdjsonFeedOptions, handle: FileHandle, bytes: number) {
    this.#options = options;
    this.#handle = handle;
    this.#bytes = bytes;
  }

  publish(_shard: ShardId, messages: readonly MarketMessage[]): Promise<void> {
    const done = this.#last.then(() => this.#write(messages.map(marketLineOf).join("")));
    this.#last = done.catch(() => {});
    return done;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#handle.close();
  }

  async #write(text: string): Promise<void> {
    const { file, bytesMax = BYTES_MAX } = this.#options;
    try {
      if (this.#bytes >= bytesMax) await this.#putAside();
      await this.#handle.appendFile(text);
      await this.#handle.datasync();
      this.#bytes += Buffer.byteLength(text);
    } catch (error) {
      // Half of it may be there: whole lines are all that a reader believes.
      await endOfLines(this.#handle).catch(() => {});
      throw unusable(file, error);
    }
  }

  async #putAside(): Promise<void> {
    const { file } = this.#options;
    await this.#handle.close();
    await rename(file, `${file}.1`);
    this.#handle = await open(file, "a+");
    this.#bytes = 0;
  }
}

/** Cuts off what stands behind the last end of a line. Returns the file's length then. */
async function endOfLines(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  const chunk = new Uint8Array(65_536);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunk.length);
    const { bytesRead } = await handle.read(chunk, 0, end - start, start);
    const at = chunk.subarray(0, bytesRead).lastIndexOf(LINE_END);
    if (at >= 0) {
      const length = start + at + 1;
      if (length < size) await handle.truncate(length);
      return length;
    }
    end = start;
  }
  if (size > 0) await handle.truncate(0);
  return 0;
}

function unusable(file: string, error: unknown): StorageError {
  return new StorageError(
    `The market feed ${file} cannot be written: ${error instanceof Error ? error.message : error}`,
  );
}
