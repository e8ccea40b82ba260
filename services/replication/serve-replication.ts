import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { isBeyond, type LineageSpan, type Watermark } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { AppendResult, CommandLog } from "#shared/ports/command-log.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { HeldCopy, LogReadAnswer, LogReadRequest } from "#shared/protocol/link.ts";
import type { DigestExchange } from "./digest-exchange.ts";
import type { FinalityWatermark } from "./watermark.ts";

/** One shard as this Region serves it to the others. */
export interface ServedShard {
  readonly log: CommandLog;
  readonly watermark: FinalityWatermark;
  readonly digests: DigestExchange;
  /** Every reign that this Region knows of, the oldest first. */
  lineage(): readonly LineageSpan[];
}

export interface ReplicationService {
  readonly link: RegionLink;
  readonly clock: Clock;
  readonly copies: LogCopies;
  /** All Regions of the installation. */
  readonly regions: readonly RegionId[];
  /** `undefined` for a shard that this Region does not know. */
  shard(id: ShardId): ServedShard | undefined;
}

/** At most so many commands are appended for one request, and so many records given. */
export const MAX_APPENDED = 1000;
export const MAX_READ = 1000;
export const MAX_SPANS_READ = 256;
/** No longer than this does a reader wait for records, ms. */
const MAX_WAIT_MS = 10_000;

/** Answers the other Regions: `log.append`, `log.read`, `replica.fence`, `replica.read` and `replica.lineage`. */
export function serveReplication(service: ReplicationService): void {
  const { link, copies, regions } = service;

  link.serve("log.append", async (_from, { shard, commands }) => {
    const log = service.shard(shard)?.log;
    const results: AppendResult[] = [];
    // One after the other: what follows a command that was not appended must not overtake it.
    for (const bytes of commands.slice(0, MAX_APPENDED)) {
      const result = log === undefined ? closed() : await log.append(bytes);
      results.push(result);
      if (!result.ok) break;
    }
    return { results };
  });

  const told = new Map<string, Watermark>();
  link.serve("log.read", (from, request) => readLog(service, from, request, told));

  link.serve("replica.fence", async (_from, { shard, epoch }) => {
    // The promise first: whatever is reported from here on is not of this epoch.
    await copies.fence(shard, epoch);
    const held = regions.map(
      (origin): HeldCopy => ({
        origin,
        position:
          origin === link.self
            ? (service.shard(shard)?.log.lastPosition() ?? 0)
            : copies.lastPosition(shard, origin),
      }),
    );
    return { held };
  });

  link.serve("replica.lineage", async (_from, { shard, after, limit }) => {
    const lineage = service.shard(shard)?.lineage() ?? [];
    return { spans: lineage.filter(({ epoch }) => epoch > after).slice(0, Math.min(limit, MAX_SPANS_READ)) };
  });

  link.serve("replica.read", async (_from, { shard, origin, after, limit }) => {
    const bound = Math.min(limit, MAX_READ);
    if (origin !== link.self) return { records: await copies.read(shard, origin, after, bound) };
    return { records: (await service.shard(shard)?.log.read(after, bound)) ?? [] };
  });
}

/** Notes what the reader holds, waits for records or for more that is final, and answers both. */
async function readLog(
  { clock, shard: shardOf }: ReplicationService,
  from: RegionId,
  request: LogReadRequest,
  /** What each reader of each shard was told last to be final. */
  told: Map<string, Watermark>,
): Promise<LogReadAnswer> {
  const { shard, after, limit, waitMs, epoch, held, digests } = request;
  const served = shardOf(shard);
  if (served === undefined) return { records: [], last: 0, watermark: undefined };
  const { log, watermark } = served;
  const reader = `${from} ${shard}`;
  watermark.noteHeld(from, epoch, held);
  served.digests.take(from, digests);
  const isNews = () => {
    const { current } = watermark;
    const hasMore = limit > 0 && log.lastPosition() > after;
    return hasMore || (current !== undefined && isBeyond(current, told.get(reader)));
  };
  if (!isNews()) await waitForNews(served, after, clock, Math.min(waitMs, MAX_WAIT_MS));
  const records = limit > 0 ? await log.read(after, Math.min(limit, MAX_READ)) : [];
  const { current } = watermark;
  if (current !== undefined) told.set(reader, current);
  return { records, last: log.lastPosition(), watermark: current };
}

function waitForNews(
  { log, watermark }: ServedShard,
  after: number,
  clock: Clock,
  waitMs: number,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const records = log.subscribe(after, () => resolve());
  const advance = watermark.onAdvance(() => resolve());
  const deadline = clock.schedule(waitMs, () => resolve());
  return promise.finally(() => {
    records.cancel();
    advance.cancel();
    deadline.cancel();
  });
}

function closed(): AppendResult {
  return { ok: false, error: "closed" };
}
