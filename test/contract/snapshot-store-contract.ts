import { expect } from "chai";
import { describe, it } from "mocha";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import type { Seq, ShardId } from "#shared/domain/ids.ts";
import type { Snapshot } from "#shared/ports/snapshot-store.ts";
import type { Adapters } from "./support/adapters.ts";
import { storesOf } from "./support/places.ts";

const SHARD = "shard-1" as ShardId;

/** What every `SnapshotStore` promises (shared/ports/snapshot-store.ts). */
export function snapshotStoreContract(adapters: Adapters): void {
  const { snapshots: adapter, world } = adapters;

  describe(`the snapshot store (${world})`, () => {
    const stores = storesOf(adapters, adapter.open);

    it("lists none at first", async () => {
      expect(await (await stores.fresh()).list(SHARD)).to.deep.equal([]);
    });

    it("lists the newest first, whole, also after it was closed and opened again", async () => {
      const place = await stores.place();
      const store = await stores.open(place);
      for (const seq of [10, 20]) await store.save(sampleSnapshot(seq));
      await store.close();
      const listed = await (await stores.open(place)).list(SHARD);
      expect(listed.map(plain)).to.deep.equal([sampleSnapshot(20), sampleSnapshot(10)]);
    });

    it("keeps the last three of a shard", async () => {
      const store = await stores.fresh();
      for (const seq of [1, 2, 3, 4, 5]) await store.save(sampleSnapshot(seq));
      expect((await store.list(SHARD)).map(({ seq }) => seq)).to.deep.equal([5, 4, 3]);
    });

    it("keeps the newest three whatever the order in which they come", async () => {
      const store = await stores.fresh();
      for (const seq of [50, 10, 40, 20, 30]) await store.save(sampleSnapshot(seq));
      expect((await store.list(SHARD)).map(({ seq }) => seq)).to.deep.equal([50, 40, 30]);
    });

    it("holds once what is saved twice", async () => {
      const store = await stores.fresh();
      await store.save(sampleSnapshot(7));
      await store.save(sampleSnapshot(7));
      expect((await store.list(SHARD)).map(plain)).to.deep.equal([sampleSnapshot(7)]);
    });

    it("keeps shards apart", async () => {
      const store = await stores.fresh();
      const other = "shard-2" as ShardId;
      for (const seq of [1, 2, 3, 4]) await store.save(sampleSnapshot(seq));
      await store.save({ ...sampleSnapshot(2), shard: other });
      expect((await store.list(SHARD)).map(({ seq }) => seq)).to.deep.equal([4, 3, 2]);
      expect((await store.list(other)).map(({ seq }) => seq)).to.deep.equal([2]);
    });

    it("keeps a large snapshot whole", async () => {
      const place = await stores.place();
      const store = await stores.open(place);
      const bytes = Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * 7) % 253);
      await store.save({ ...sampleSnapshot(1), bytes, digest: digestOf(bytes) });
      await store.close();
      const [snapshot] = await (await stores.open(place)).list(SHARD);
      expect(snapshot?.bytes.length).to.equal(bytes.length);
      expect(digestOf(snapshot?.bytes ?? new Uint8Array())).to.equal(digestOf(bytes));
    });

    const { damageNewest } = adapter;
    if (damageNewest !== undefined) {
      it("lists a damaged snapshot as it is: its digest shows it, and the older ones stand", async () => {
        const place = await stores.place();
        const store = await stores.open(place);
        for (const seq of [1, 2]) await store.save(sampleSnapshot(seq));
        await store.close();
        await damageNewest(place);
        const listed = await (await stores.open(place)).list(SHARD);
        expect(listed.map(({ bytes, digest }) => digestOf(bytes) === digest)).to.deep.equal([false, true]);
      });
    }
  });
}

/** A snapshot of a seq, different from that of any other seq. */
export function sampleSnapshot(seq: number): Snapshot {
  const bytes = Uint8Array.from({ length: 100 + ((seq * 977) % 40_000) }, (_, at) => (at * seq) % 251);
  return { shard: SHARD, seq: seq as Seq, position: seq * 2, digest: digestOf(bytes), bytes };
}

function plain(snapshot: Snapshot): Snapshot {
  return { ...snapshot, bytes: Uint8Array.from(snapshot.bytes) };
}
