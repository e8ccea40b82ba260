import type { ShardId } from "#shared/domain/ids.ts";
import type { Snapshot, SnapshotStore } from "#shared/ports/snapshot-store.ts";
import type { Life } from "#test/simulation/process/life.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

const KEPT = 3;

/** Snapshots on a simulated disk. One that was being written when the process died may be found torn: its digest shows it. */
export function openSimulatedSnapshotStore(disk: SimulatedDisk, name: string, life: Life): SnapshotStore {
  const file = disk.file(`snapshots ${name}`, () => new Map<ShardId, Snapshot[]>());
  const commits = disk.commits(life);
  return {
    save: ({ bytes, ...rest }) => {
      const copy = Uint8Array.from(bytes);
      return commits.write(() => {
        const isTorn = life.isOver && disk.random.perMille(500);
        put(file, { ...rest, bytes: isTorn ? copy.subarray(0, disk.random.below(copy.length)) : copy });
      });
    },
    list: (shard) => disk.reading(life, () => [...(file.get(shard) ?? [])]),
    close: async () => commits.flush(),
  };
}

function put(file: Map<ShardId, Snapshot[]>, snapshot: Snapshot): void {
  const others = (file.get(snapshot.shard) ?? []).filter(({ seq }) => seq !== snapshot.seq);
  const newest = [...others, snapshot].toSorted((a, b) => b.seq - a.seq).slice(0, KEPT);
  file.set(snapshot.shard, newest);
}
