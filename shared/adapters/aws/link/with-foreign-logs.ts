import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import { divertedLink } from "./diverted-link.ts";
import { type ForeignLogOptions, ForeignLogReading } from "./foreign-log.ts";

export interface ForeignLogsOptions
  extends Pick<ForeignLogOptions, "link" | "clock" | "random" | "onTrouble"> {
  readonly start: (
    origin: RegionId,
    shard: ShardId,
    onFailure: (error: unknown) => void,
  ) => ReturnType<ForeignLogOptions["start"]>;
}

export interface ForeignLogs {
  readonly link: RegionLink;
  close(): Promise<void>;
}

/**
 * A link that reads other Regions' logs on their streams: records come as soon as the stream has them, also while no task runs in the log's Region, and at the positions that its owner counts. A Region's own
 * log is asked for from others by `replica.read` too, and comes the same way.
 */
export function withForeignLogs(options: ForeignLogsOptions): ForeignLogs {
  const { link, start } = options;
  const readings = new Map<string, ForeignLogReading>();
  const readingOf = (origin: RegionId, shard: ShardId) => {
    const name = `${origin} ${shard}`;
    const known = readings.get(name);
    if (known !== undefined) return known;
    const reading = new ForeignLogReading({
      ...options,
      origin,
      shard,
      start: (onFailure) => start(origin, shard, onFailure),
    });
    readings.set(name, reading);
    return reading;
  };
  const diverted = divertedLink(link, async (to, { kind, request }, timeoutMs) => {
    if (kind === "log.read") return readingOf(to, request.shard).follow(request, timeoutMs);
    if (kind !== "replica.read" || request.origin !== to) return undefined;
    const records = await readingOf(to, request.shard).read(request.after, request.limit);
    return records.length > 0 ? { ok: true, answer: { records } } : undefined;
  });
  return {
    link: diverted,
    close: async () => {
      await Promise.all([...readings.values()].map((reading) => reading.close()));
    },
  };
}
