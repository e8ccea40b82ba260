import { OperatingError } from "#shared/ports/operating-error.ts";
import type { StreamAccess } from "./stream-access.ts";
import { openShardCount } from "./stream-shards.ts";

/**
 * A shard of a stream allows five reads a second, by whomever
 * (https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html).
 */
export const POLL_MS = 220;
/** Readers at work take ten of the eleven reads that a shard allows, so this is left for who stands by: 1 / 200 ms is 1 / 220 ms and 1 / 2200 ms. */
const STANDBY_SHARE = 10;

/**
 * How long who polls a log waits between two reads: where a stream has fewer shards than there are logs, those on one of them share its reads, and the publishing tasks of all Regions do. Rejects with an
 * `OperatingError`.
 */
export async function pollIntervalFor(access: StreamAccess, logs: number, regions: number): Promise<number> {
  return POLL_MS * Math.ceil(logs / Math.max(1, await openShards(access))) * regions;
}

async function openShards(access: StreamAccess): Promise<number> {
  try {
    return await openShardCount(access);
  } catch {
    throw new OperatingError(`The stream ${access.streamName} cannot be looked at.`);
  }
}

/**
 * How a Region's logs are polled by one task: where some of them lie on one shard of the stream, that is read once for all of them, every `intervalMs`. The publishing tasks of all Regions share what a shard allows. Rejects with an
 * `OperatingError`.
 */
export async function pollingOf(
  access: StreamAccess,
  logs: number,
  regions: number,
): Promise<{ readonly intervalMs: number; readonly isShared: boolean }> {
  return { intervalMs: POLL_MS * regions, isShared: (await openShards(access)) < logs };
}

/** How long who stands by waits between two reads, beside one at work that waits so long. */
export function standbyIntervalOf(pollIntervalMs: number): number {
  return STANDBY_SHARE * pollIntervalMs;
}
