import { expect } from "chai";
import { afterEach, describe, it } from "mocha";
import { MatchingService } from "#services/matching/matching-service.ts";
import { recoverFold } from "#services/matching/recover.ts";
import { Standby } from "#services/region/standby.ts";
import { DIGEST_INTERVAL } from "#services/replication/digest-exchange.ts";
import { Tape } from "#services/replication/tape.ts";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { openSqliteLogCopies } from "#shared/adapters/embedded/sqlite-log-copies.ts";
import type { Command } from "#shared/domain/command.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { BranchId, CommandId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { type LineageSpan, type OwnershipRecord, ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import type { RegionState } from "#shared/protocol/region-state.ts";
import { eventually } from "#test/support/eventually.ts";
import { openFoldStores } from "#test/support/folded-region.ts";
import { type ManualClock, manualClock } from "#test/support/manual-clock.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { depositRecord } from "#test/support/zone-stage.ts";

const SHARD = "shard-1" as ShardId;
const [SELF, OTHER] = ["us-east-1", "eu-west-1"] as [RegionId, RegionId];
const [REIGN, NEXT] = ["us-east-1.1", "eu-west-1.1"] as [BranchId, BranchId];
const SPAN: LineageSpan = {
  ...{ epoch: 1, branch: REIGN, owner: SELF, parentSeq: 0 as Seq, start: 0, cutDigest: "" },
};
/** More than one look of who stands by. */
const A_WHILE_MS = 2500;

describe("a task that stands by", () => {
  const closers: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  it("goes on from where the journal ends with what it has folded: nothing is lost, and no snapshot is read", async () => {
    const region = await openRegion();
    await region.append(40);
    await region.publishAndStop();
    const standby = await region.standBy();
    await region.append(300);
    await eventually(() => region.isFolded(standby));
    const journaled = region.stores.journal.lastSeq();
    const kept = await standby.handOver();

    const next = await region.takeOver(kept.get(SHARD)?.held, NO_SNAPSHOTS);
    expect(journaled, "it folded more than the journal held").to.be.below(next.matching.seq);
    const cold = await region.foldedCold();
    expect(next.matching.seq).to.equal(cold.seq);
    expect(next.matching.digest()).to.equal(cold.digest);
    const outcomes = await region.stores.journal.read(0, 1000);
    expect(outcomes.map(({ seq }) => seq)).to.deep.equal(outcomes.map((_, at) => at + 1));
    expect(outcomes).to.have.length(cold.seq);
  });

  it("writes nothing while it stands by", async () => {
    const region = await openRegion();
    await region.append(40);
    const standby = await region.standBy();
    await region.append(300);
    await eventually(() => region.isFolded(standby));
    region.clock.advance(60_000);
    expect(region.stores.journal.lastSeq()).to.equal(0);
    expect(await region.stores.snapshots.list(SHARD)).to.deep.equal([]);
    expect(region.log.lastPosition()).to.equal(341);
  });

  it("takes what the journal holds for what it is where it has folded less than the one that published", async () => {
    const region = await openRegion();
    await region.append(10);
    const standby = await region.standBy();
    const kept = await standby.handOver();
    await region.append(50);
    await region.publishAndStop();
    const next = await region.takeOver(kept.get(SHARD)?.held, NO_SNAPSHOTS);
    expect(next.matching.seq).to.equal(61);
    expect(await region.stores.journal.read(0, 1000)).to.have.length(61);
  });

  it("begins anew from what is kept where it no longer holds what the journal lacks", async () => {
    const region = await openRegion();
    await region.append(40);
    await region.publishAndStop();
    const standby = await region.standBy();
    await region.append(20);
    await eventually(() => region.isFolded(standby));
    const held = (await standby.handOver()).get(SHARD)?.held;
    held?.forget(50);
    const next = await region.takeOver(held);
    expect(next.fold).not.to.equal(held?.fold);
    expect(await region.stores.journal.read(0, 1000)).to.have.length(61);
  });

  it("begins anew where what it folded was cut, and goes back with its tape where it hears of that in time", async () => {
    const region = await openRegion();
    await region.append(40);
    const [early, late] = [await region.standBy(), await region.standBy()];
    await eventually(() => region.isFolded(early) && region.isFolded(late));
    const cut: LineageSpan = { ...SPAN, epoch: 2, branch: NEXT, owner: OTHER, parentSeq: 21 as Seq };
    region.record = { ...region.record, renewal: 2, lineage: [SPAN, cut] };
    const unaware = (await late.handOver()).get(SHARD)?.held;
    await region.copies.append(SHARD, OTHER, [
      { position: 1, bytes: begin(NEXT, REIGN, 21) },
      { position: 2, bytes: encode(NEXT, "c", { kind: "Tick", time: 7 }) },
    ]);
    region.clock.advance(A_WHILE_MS);
    const aware = await heldBy(early, (held) => held.fold.place.branch === NEXT, region.clock);
    expect(aware.fold.place).to.include({ branch: NEXT, seq: 23 });
    const next = await region.takeOver(unaware);
    expect(next.fold).not.to.equal(unaware?.fold);
    expect(next.matching.digest()).to.equal(aware.fold.engine.digest());
  });

  it("raises an alert where it folds to another state than is published, and does not publish what it has", async () => {
    const region = await openRegion();
    const standby = await region.standBy();
    await region.append(DIGEST_INTERVAL);
    await eventually(() => region.isFolded(standby));
    expect(region.diverged).to.deep.equal([]);
    region.tell({ branch: REIGN, seq: DIGEST_INTERVAL as Seq, digest: "0000000000000000" });
    expect(region.diverged).to.deep.equal([SHARD]);
    expect((await standby.handOver()).has(SHARD)).to.equal(false);
  });

  async function openRegion() {
    const stores = openFoldStores();
    const log = openSqliteCommandLog({ file: ":memory:" });
    const copies = openSqliteLogCopies({ file: ":memory:" });
    for (const store of [log, copies, ...Object.values(stores)]) closers.push(() => store.close());
    const clock: ManualClock = manualClock();
    const diverged: ShardId[] = [];
    const listeners = new Set<(state: RegionState) => void>();
    await log.append(begin(REIGN, ROOT_BRANCH, 0));
    let appended = 0;
    const region = {
      ...{ stores, log, copies, clock, diverged },
      record: { shard: SHARD, renewal: 1, lineage: [SPAN] } as unknown as OwnershipRecord,
      append: async (count: number) => {
        for (let at = 0; at < count; at++) await log.append(depositRecord(REIGN, ++appended));
      },
      /** As the task that publishes does it, up to the end of the log. */
      publishAndStop: async () => {
        const { matching } = await region.takeOver(undefined);
        await matching.stop();
        await matching.saveLast();
      },
      standBy: async () => {
        const standby = await Standby.open({
          ...{ shards: [SHARD], self: SELF, clock },
          stores: {
            ...{ shards: new Map([[SHARD, { ...stores, log }]]), copies },
            known: async () => ({ record: () => region.record }),
            reconciliations: { bookmark: () => 0 },
            close: async () => {},
          },
          board: {
            listen: (hear) => {
              listeners.add(hear);
              return { cancel: () => listeners.delete(hear) };
            },
          },
          onTrouble: rethrow,
          onDivergence: (shard) => void diverged.push(shard),
          onFailure: rethrow,
        });
        closers.push(() => standby.handOver());
        return standby;
      },
      isFolded: (standby: Standby) => standby.place(SHARD)?.seq === log.lastPosition(),
      tell: (digest: { branch: BranchId; seq: Seq; digest: string }) => {
        const shards = [{ shard: SHARD, digest }] as unknown as RegionState["shards"];
        for (const hear of listeners) hear({ publisher: "a", beat: 1, regions: [], shards });
      },
      /** As a task that publishes now: recovers, and catches up. */
      takeOver: async (
        held: Parameters<typeof recoverFold>[0]["held"],
        snapshots: SnapshotStore = stores.snapshots,
      ) => {
        const plan = { shard: SHARD, lineage: region.record.lineage, fork: undefined };
        const tape = new Tape({ shard: SHARD, self: SELF, log, copies }, plan);
        const recovered = await recoverFold({ tape, ...stores, snapshots, held });
        const matching = new MatchingService(recovered, {
          ...stores,
          ...{ tape, log, clock, snapshots: stores.snapshots },
          feed: createLocalOutcomeFeed(),
          random: seededRandom(1),
          snapshotPolicy: { commandsMin: 1000, commandsMax: 1000, intervalMs: Number.MAX_SAFE_INTEGER },
          finalSeq: () => 0,
          onRecords: () => {},
          onDigest: () => {},
          onFailure: rethrow,
        });
        await matching.catchUp();
        return { matching, fold: recovered.fold };
      },
      /** What the log gives from its beginning. */
      foldedCold: async () => {
        const other = openFoldStores();
        for (const store of Object.values(other)) closers.push(() => store.close());
        const tape = new Tape(
          { shard: SHARD, self: SELF, log, copies },
          { shard: SHARD, lineage: region.record.lineage, fork: undefined },
        );
        const { fold } = await recoverFold({ tape, ...other });
        const records = await log.read(0, 1000);
        for (const [at, { position, bytes }] of records.entries())
          fold.take({ branch: REIGN, seq: (at + 1) as Seq, position, bytes });
        return { seq: fold.place.seq, digest: fold.engine.digest() };
      },
    };
    return region;
  }
});

/** What a standby hands over once it has come so far. */
async function heldBy(
  standby: Standby,
  hasCome: (held: NonNullable<Parameters<typeof recoverFold>[0]["held"]>) => boolean,
  clock: ManualClock,
) {
  await eventually(() => {
    clock.advance(A_WHILE_MS);
    return standby.place(SHARD)?.branch === NEXT && standby.place(SHARD)?.seq === 23;
  });
  const held = (await standby.handOver()).get(SHARD)?.held;
  if (held === undefined || !hasCome(held)) throw new Error("it has come so far");
  return held;
}

/** Whoever has a fold needs none. */
const NO_SNAPSHOTS: SnapshotStore = {
  save: async () => {},
  list: async () => {
    throw new Error("a snapshot was asked for");
  },
  rewind: async () => {},
  close: async () => {},
};

function rethrow(error: unknown): never {
  throw error;
}

function encode(branch: BranchId, id: string, command: Command): Uint8Array {
  return encodeCommand({ commandId: id.repeat(32) as CommandId, branch, validUntil: 0, command });
}

function begin(branch: BranchId, parent: BranchId, parentSeq: number): Uint8Array {
  const [id, epoch] = branch === REIGN ? (["a", 1] as const) : (["b", 2] as const);
  const place = { branch, parent, parentSeq: parentSeq as Seq };
  return encode(branch, id, { kind: "BranchStarted", ...place, epoch, provisional: false });
}
