import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { LogRecord, Subscription } from "#shared/ports/command-log.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { Life } from "#test/simulation/process/life.ts";
import { LogFile } from "./log-file.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";
import { BATCH, SimulatedSubscription } from "./simulated-subscription.ts";

/** Copies of the other Regions' logs on a simulated disk. */
export function openSimulatedLogCopies(disk: SimulatedDisk, name: string, life: Life): LogCopies {
  const fences = disk.file(`fences ${name}`, () => new Map<ShardId, number>());
  const commits = disk.commits("log copies", name, life);
  const subscriptions = new Map<LogFile, Set<SimulatedSubscription<LogRecord>>>();
  let isClosed = false;
  const files = new Map<ShardId, Map<RegionId, LogFile>>();
  const fileOf = (shard: ShardId, origin: RegionId) => {
    const known = files.get(shard)?.get(origin);
    if (known !== undefined) return known;
    const file = disk.file(`copy ${name} ${shard} ${origin}`, () => new LogFile());
    const ofShard = files.get(shard) ?? new Map<RegionId, LogFile>();
    files.set(shard, ofShard.set(origin, file));
    return file;
  };
  return {
    append: async (shard, origin, records) => {
      const file = fileOf(shard, origin);
      const copies: LogRecord[] = [];
      let before = 0;
      for (const { position, bytes } of records) {
        if (position <= file.last) continue;
        assert(position > before, `copies of a log rise: ${position} does not`);
        before = position;
        copies.push({ position, bytes: new Uint8Array(bytes) });
      }
      return commits.write(() => {
        for (const record of copies) file.put(record);
        for (const subscription of subscriptions.get(file) ?? []) subscription.notify();
      });
    },
    read: (shard, origin, after, limit) =>
      disk.reading(life, () => {
        if (isClosed) throw new Error(`the copies ${name} are closed`);
        return fileOf(shard, origin).read(after, limit);
      }),
    subscribe: (shard, origin, after, onRecords): Subscription => {
      const file = fileOf(shard, origin);
      let position = after;
      const next = () => {
        const records = isClosed ? [] : file.read(position, BATCH);
        position = records.at(-1)?.position ?? position;
        return records;
      };
      const subscription = new SimulatedSubscription(life, next, onRecords);
      const known = subscriptions.get(file) ?? new Set();
      subscriptions.set(file, known.add(subscription));
      subscription.notify();
      return {
        cancel: () => {
          subscription.cancel();
          known.delete(subscription);
        },
      };
    },
    lastPosition: (shard, origin) => fileOf(shard, origin).last,
    fence: (shard, epoch) =>
      commits.write(() => void fences.set(shard, Math.max(epoch, fences.get(shard) ?? 0))),
    fencedEpoch: (shard) => fences.get(shard) ?? 0,
    close: async () => {
      if (isClosed) return;
      commits.flush();
      isClosed = true;
      for (const group of subscriptions.values()) for (const each of group) each.cancel();
    },
  };
}
