import { expect } from "chai";
import { describe, it } from "mocha";
import { branchName } from "#shared/domain/branch-name.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Snapshot } from "#shared/ports/snapshot-store.ts";
import type { Adapters } from "./support/adapters.ts";
import { storesOf } from "./support/places.ts";

const SHARD = "shard-1" as ShardId;

/** What every `SnapshotStore` promises (shared/ports/snapshot-store.ts). */
export function snapshotStoreContract(
  adapters: Pick<Adapters, "world" | "makePlace" | "removePlace" | "snapshots">,
): void {
  const { snapshots: adapter, world } = adapters;

  describe(`the snapshot store (${world})`, () => {
    const stores = storesOf(adapters, adapter.open);

    it("lists none at first", async () => {
      expect(await (await stores.fresh()).list(SHARD)).to.deep.equal([]);
    });

    it("lists the newest first, whole, also after it was closed and opened again", async () => {
      const place = await stores.place();
      const store = await stores.open(place);
      for (const seq of [10, 20]) await store.save(sampleSnapshot(seq), 0);
      await store.close();
      const listed = await (await stores.open(place)).list(SHARD);
      expect(listed.map(plain)).to.deep.equal([sampleSnapshot(20), sampleSnapshot(10)]);
    });

    it("keeps the last three of a shard", async () => {
      const store = await stores.fresh();
      for (const seq of [1, 2, 3, 4, 5]) await store.save(sampleSnapshot(seq), 0);
      expect((await store.list(SHARD)).map(({ seq }) => seq)).to.deep.equal([5, 4, 3]);
    });

    it("keeps the newest three whatever the order in which they come", async () => {
      const store = await stores.fresh();
      for (const seq of [50, 10, 40, 20, 30]) await store.save(sampleSnapshot(seq), 0);
      expect((await store.list(SHARD)).map(({ seq }) => seq)).to.deep.equal([50, 40, 30]);
    });

    it("keeps the newest at or before what is final, for whoever goes back as far as that", async () => {
      const store = await stores.fresh();
      const seqs = async () => (await store.list(SHARD)).map(({ seq }) => seq);
      for (const [seq, finalSeq] of [
        [10, 0],
        [20, 12],
        [30, 25],
        [40, 25],
        [50, 25],
        [60, 25],
      ] as const)
        await store.save(sampleSnapshot(seq), finalSeq);
      expect(await seqs()).to.deep.equal([60, 50, 40, 20]);
      await store.save(sampleSnapshot(70), 70);
      expect(await seqs()).to.deep.equal([70, 60, 50]);
    });

    it("forgets those beyond a seq to which the tape went back, and keeps one of another branch in their place", async () => {
      const place = await stores.place();
      const store = await stores.open(place);
      const other = "shard-2" as ShardId;
      for (const seq of [10, 20, 30]) await store.save(sampleSnapshot(seq), 0);
      await store.save({ ...sampleSnapshot(30), shard: other }, 0);
      await store.rewind(SHARD, 20);
      expect((await store.list(SHARD)).map(({ seq }) => seq)).to.deep.equal([20, 10]);
      const branch = "eu-west-1.1" as BranchId;
      await store.save({ ...sampleSnapshot(30), branch }, 0);
      await store.close();
      const again = await stores.open(place);
      expect((await again.list(SHARD)).map(({ seq, branch: of }) => [seq, of])).to.deep.equal([
        [30, branch],
        [20, "us-east-1.20"],
        [10, "us-east-1.10"],
      ]);
      expect(await again.list(other), "of that shard alone").to.have.length(1);
    });

    it("holds once what is saved twice", async () => {
      const store = await stores.fresh();
      await store.save(sampleSnapshot(7), 0);
      await store.save(sampleSnapshot(7), 0);
      expect((await store.list(SHARD)).map(plain)).to.deep.equal([sampleSnapshot(7)]);
    });

    it("keeps shards apart", async () => {
      const store = await stores.fresh();
      const other = "shard-2" as ShardId;
      for (const seq of [1, 2, 3, 4]) await store.save(sampleSnapshot(seq), 0);
      await store.save({ ...sampleSnapshot(2), shard: other }, 0);
      expect((await store.list(SHARD)).map(({ seq }) => seq)).to.deep.equal([4, 3, 2]);
      expect((await store.list(other)).map(({ seq }) => seq)).to.deep.equal([2]);
    });

    it("keeps a large snapshot whole", async () => {
      const place = await stores.place();
      const store = await stores.open(place);
      const bytes = Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * 7) % 253);
      await store.save({ ...sampleSnapshot(1), bytes, digest: digestOf(bytes) }, 0);
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
        for (const seq of [1, 2]) await store.save(sampleSnapshot(seq), 0);
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
  const branch = branchName("us-east-1" as RegionId, seq);
  return { shard: SHARD, branch, seq: seq as Seq, position: seq * 2, digest: digestOf(bytes), bytes };
}

function plain(snapshot: Snapshot): Snapshot {
  return { ...snapshot, bytes: Uint8Array.from(snapshot.bytes) };
}
