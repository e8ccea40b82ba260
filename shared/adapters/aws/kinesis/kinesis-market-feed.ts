import type { ShardId } from "#shared/domain/ids.ts";
import type { MarketFeed } from "#shared/ports/market-feed.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { Random } from "#shared/ports/random.ts";
import { type MarketMessage, marketLineOf } from "#shared/protocol/market-feed.ts";
import { putRecord } from "./put-record.ts";
import type { StreamAccess } from "./stream-access.ts";

export interface KinesisFeedOptions extends StreamAccess {
  readonly random: Random;
  /** Where a shard's messages go (`hashKeyOf`). */
  readonly hashKeyFor: (shard: ShardId) => string;
  /** How long one call of `publish` tries to put one record. */
  readonly giveUpAfterMs: number;
}

/** Lines of one record. */
const RECORD_BYTES_MAX = 250_000;

/** The market feed on a Kinesis stream of its own: records of lines, each shard's put one after the other, so that they stand in the stream in their order. */
export function createKinesisMarketFeed(options: KinesisFeedOptions): MarketFeed {
  const lastOf = new Map<ShardId, string>();
  const closing = new AbortController();
  return {
    async publish(shard, messages) {
      const put = { ...options, partitionKey: shard, hashKey: options.hashKeyFor(shard) };
      for (const data of recordsOf(messages)) {
        const result = await putRecord(put, data, lastOf.get(shard), closing.signal);
        if (result.kind !== "put")
          throw new OperatingError(
            `The stream ${options.streamName} does not take the market feed of ${shard}.`,
          );
        lastOf.set(shard, result.sequenceNumber);
      }
    },
    async close() {
      closing.abort();
    },
  };
}

function recordsOf(messages: readonly MarketMessage[]): Uint8Array[] {
  const records: Uint8Array[] = [];
  let lines: Buffer[] = [];
  let bytes = 0;
  const end = () => {
    if (lines.length > 0) records.push(Buffer.concat(lines));
    lines = [];
    bytes = 0;
  };
  for (const message of messages) {
    const line = Buffer.from(marketLineOf(message));
    if (bytes + line.length > RECORD_BYTES_MAX) end();
    lines.push(line);
    bytes += line.length;
  }
  end();
  return records;
}
