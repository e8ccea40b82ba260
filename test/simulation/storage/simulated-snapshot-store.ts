import type { ShardId } from "#shared/domain/ids.ts";
import type { Snapshot, SnapshotStore } from "#shared/ports/snapshot-store.ts";
import type { Life } from "#test/simulation/process/life.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

const KEPT = 3;

/** Snapshots on a simulated disk. One that was being written when the process died may be found torn: its digest shows it. */
export function openSimulatedSnapshotStore(disk: SimulatedDisk, name: string, life: Life): SnapshotStore {
  const file = disk.file(`snapshots ${name}`, () => new Map<ShardId, Snapshot[]>());
  const commits = disk.commits("snapshot store", name, life);
  return {
    save: ({ bytes, ...rest }, finalSeq) => {
      const copy = new Uint8Array(bytes);
      return commits.write(() => {
        const isTorn = life.isOver && disk.random.perMille(500);
        const kept = isTorn ? copy.subarray(0, disk.random.below(copy.length)) : copy;
        put(file, { ...rest, bytes: kept }, finalSeq);
      });
    },
    list: (shard) => disk.reading(life, () => [...(file.get(shard) ?? [])]),
    rewind: (shard, toSeq) =>
      commits.write(() => {
        const standing = (file.get(shard) ?? []).filter(({ seq }) => seq <= toSeq);
        file.set(shard, standing);
      }),
    close: async () => commits.flush(),
  };
}

/** Keeps the last three, and the newest at or before what is final. */
function put(file: Map<ShardId, Snapshot[]>, snapshot: Snapshot, finalSeq: number): void {
  const others = (file.get(snapshot.shard) ?? []).filter(({ seq }) => seq !== snapshot.seq);
  const all = [...others, snapshot].toSorted((a, b) => b.seq - a.seq);
  const final = all.find(({ seq }) => seq <= finalSeq);
  file.set(
    snapshot.shard,
    all.filter((each, at) => at < KEPT || each === final),
  );
}
