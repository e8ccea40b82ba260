import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { commandsBetween } from "#services/matching/snapshot-policy.ts";
import { ZoneSnapshots } from "#services/matching/zones/zone-snapshots.ts";
import { openSqliteSnapshotStore } from "#shared/adapters/embedded/sqlite-snapshot-store.ts";
import { digestOf } from "#shared/domain/encoding/digest.ts";
import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { manualClock } from "#test/support/manual-clock.ts";

const SHARD = "shard-1" as ShardId;
const POLICY = { commandsMin: 2000, commandsMax: 50_000, intervalMs: 600_000 };

describe("when a snapshot is due", () => {
  let store: SnapshotStore;
  let clock: ReturnType<typeof manualClock>;
  let snapshots: ZoneSnapshots;

  beforeEach(() => {
    store = openSqliteSnapshotStore({ file: ":memory:" });
    clock = manualClock();
    snapshots = new ZoneSnapshots({ snapshots: store, snapshotPolicy: POLICY, clock, finalSeq: () => 0 }, 0);
  });
  afterEach(() => store.close());

  const taken = async (seq: number, size: number) => {
    const bytes = new Uint8Array(size);
    const place = { branch: "us-east-1.1" as BranchId, seq: seq as Seq, position: seq };
    snapshots.arrived({ shard: SHARD, ...place, digest: digestOf(bytes), bytes });
    await snapshots.save(seq, async () => {});
    expect((await store.list(SHARD))[0]?.seq).to.equal(seq);
  };

  it("is soon while the state is small, and later the larger the last one was", async () => {
    expect(snapshots.isDue(1999)).to.equal(false);
    expect(snapshots.isDue(2000)).to.equal(true);
    expect(snapshots.isDue(2001), "it was asked for").to.equal(false);
    await taken(2000, 4_000_000);
    expect(snapshots.isDue(11_999)).to.equal(false);
    expect(snapshots.isDue(12_000)).to.equal(true);
    await taken(12_000, 1000);
    expect(snapshots.isDue(14_000)).to.equal(true);
  });

  it("is not later than the policy bears, be the state as large as it will", () => {
    expect(commandsBetween(POLICY, 0)).to.equal(2000);
    expect(commandsBetween(POLICY, 10 ** 9)).to.equal(50_000);
  });

  it("is after so long, if anything happened", () => {
    clock.advance(600_000);
    expect(snapshots.isDue(0)).to.equal(false);
    expect(snapshots.isDue(1)).to.equal(true);
  });

  it("is counted from where the tape went back to", async () => {
    await taken(3000, 1000);
    snapshots.restart(2500 as Seq);
    expect(snapshots.isDue(4499)).to.equal(false);
    expect(snapshots.isDue(4500)).to.equal(true);
  });
});
