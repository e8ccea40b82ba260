import type { LogRecord } from "#shared/ports/command-log.ts";
import { type Aggregate, decodeAggregate, UndecodableAggregate } from "./aggregate.ts";
import type { StreamRecord } from "./shard-source.ts";

/** What one record of the stream is to the log. */
export interface NumberedRecord {
  /** The log's records in it. Bytes that are no aggregate are one, as they are: the fold gives it a seq and finds that it does not decode. */
  readonly records: readonly LogRecord[];
  readonly aggregate: Aggregate | undefined;
  /** Why it is no aggregate. */
  readonly damage: string | undefined;
}

/**
 * Gives the log's records in a stream record their positions, which follow each other without gaps: 1 for the first of the log. Whoever reads the same stream counts the same, because nothing but the
 * stream's bytes decides. A record that was put twice counts twice; the fold drops the second by its command ids. Throws `UnsupportedAggregate`.
 */
export function numbered({ data }: StreamRecord, after: number): NumberedRecord {
  try {
    const aggregate = decodeAggregate(data);
    const records = aggregate.commands.map((bytes, at) => ({ position: after + 1 + at, bytes }));
    return { records, aggregate, damage: undefined };
  } catch (error) {
    if (!(error instanceof UndecodableAggregate)) throw error;
    return { records: [{ position: after + 1, bytes: data }], aggregate: undefined, damage: error.message };
  }
}
