import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { LinkProtocol } from "#shared/protocol/link.ts";
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
  const request = async <K extends keyof LinkProtocol>(
    to: RegionId,
    kind: K,
    asked: LinkProtocol[K]["request"],
    timeoutMs: number,
  ) => {
    if (kind === "log.read") {
      const read = asked as LinkProtocol["log.read"]["request"];
      return (await readingOf(to, read.shard).follow(read, timeoutMs)) as never;
    }
    if (kind === "replica.read") {
      const { shard, origin, after, limit } = asked as LinkProtocol["replica.read"]["request"];
      const records = origin === to ? await readingOf(to, shard).read(after, limit) : [];
      if (records.length > 0) return { ok: true, answer: { records } } as never;
    }
    return link.request(to, kind, asked, timeoutMs);
  };
  return {
    link: { self: link.self, serve: (kind, handler) => link.serve(kind, handler), request },
    close: async () => {
      await Promise.all([...readings.values()].map((reading) => reading.close()));
    },
  };
}
