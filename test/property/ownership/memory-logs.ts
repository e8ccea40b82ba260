import type { RegionId } from "#shared/domain/ids.ts";
import type { CommandLog, LogRecord } from "#shared/ports/command-log.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";

/** What a Region's logs leave behind when it crashes. */
export interface LogDisk {
  readonly own: LogRecord[];
  readonly copies: Map<RegionId, LogRecord[]>;
  fencedEpoch: number;
}

const nothingToDo = () => ({ cancel: () => undefined });

export function memoryLog(disk: LogDisk, written: () => Promise<void>): CommandLog {
  return {
    append: async (bytes) => {
      await written();
      // Positions rise, and have holes, as those of Kinesis do.
      const position = (disk.own.at(-1)?.position ?? 0) + 1 + (disk.own.length % 3);
      disk.own.push({ position, bytes });
      return { ok: true, position };
    },
    read: async (after, limit) => disk.own.filter(({ position }) => position > after).slice(0, limit),
    subscribe: nothingToDo,
    lastPosition: () => disk.own.at(-1)?.position ?? 0,
    trim: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

export function memoryCopies(disk: LogDisk, written: () => Promise<void>): LogCopies {
  const of = (origin: RegionId) => disk.copies.get(origin) ?? [];
  const last = (origin: RegionId) => of(origin).at(-1)?.position ?? 0;
  return {
    append: async (_, origin, records) => {
      await written();
      disk.copies.set(origin, [...of(origin), ...records.filter(({ position }) => position > last(origin))]);
    },
    read: async (_, origin, after, limit) =>
      of(origin)
        .filter(({ position }) => position > after)
        .slice(0, limit),
    subscribe: nothingToDo,
    lastPosition: (_, origin) => last(origin),
    fence: async (_, epoch) => {
      await written();
      disk.fencedEpoch = Math.max(disk.fencedEpoch, epoch);
    },
    fencedEpoch: () => disk.fencedEpoch,
    close: () => Promise.resolve(),
  };
}
