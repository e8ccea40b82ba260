import { OperatingError } from "#shared/ports/operating-error.ts";
import type { StreamAccess } from "./stream-access.ts";
import { openShardCount } from "./stream-shards.ts";

/**
 * A shard of a stream allows five reads a second, by whomever
 * (https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html).
 */
const POLL_MS = 220;

/**
 * How long who polls a log waits between two reads: where a stream has fewer shards than there are logs, those on one of them share its reads, and the publishing tasks of all Regions do. Rejects with an
 * `OperatingError`.
 */
export async function pollIntervalFor(access: StreamAccess, logs: number, regions: number): Promise<number> {
  try {
    return POLL_MS * Math.ceil(logs / Math.max(1, await openShardCount(access))) * regions;
  } catch {
    throw new OperatingError(`The stream ${access.streamName} cannot be looked at.`);
  }
}
