import { expect } from "chai";
import { afterEach, describe, it } from "mocha";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { openSqliteLogCopies } from "#shared/adapters/embedded/sqlite-log-copies.ts";
import type { Command } from "#shared/domain/command.ts";
import { decodeCommand, encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import type { BranchId, CommandId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { type LineageSpan, ROOT_BRANCH, type TapePlan } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { failureOf } from "#test/contract/support/failure-of.ts";
import { eventually } from "#test/support/eventually.ts";
import { openFoldStores, startFoldedRegion } from "#test/support/folded-region.ts";
import { manualClock } from "#test/support/manual-clock.ts";

const SHARD = "shard-1" as ShardId;
const [VIRGINIA, IRELAND, TOKYO] = ["us-east-1", "eu-west-1", "ap-northeast-1"] as [
  RegionId,
  RegionId,
  RegionId,
];
const [REIGN, FORK, NEXT] = ["us-east-1.1", "eu-west-1.1", "ap-northeast-1.1"] as [
  BranchId,
  BranchId,
  BranchId,
];
const SPAN: LineageSpan = {
  epoch: 1,
  branch: REIGN,
  owner: VIRGINIA,
  parentSeq: 0 as Seq,
  start: 0,
  cutDigest: "",
};
const PLAN: TapePlan = { shard: SHARD, lineage: [SPAN], fork: undefined };

describe("the matching service", () => {
  const closers: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  function open(self: RegionId, plan = PLAN, clock?: Clock) {
    const stores = openFoldStores();
    const log = openSqliteCommandLog({ file: ":memory:" });
    const copies = openSqliteLogCopies({ file: ":memory:" });
    for (const store of [log, copies, ...Object.values(stores)]) closers.push(() => store.close());
    const start = async () => {
      const options = { shard: SHARD, self, log, copies, plan, snapshotCommands: 1000, finalSeq: () => 0 };
      const region = await startFoldedRegion(clock === undefined ? options : { ...options, clock }, stores);
      closers.push(() => region.stop());
      return region;
    };
    return { stores, log, copies, start };
  }

  it("refuses to go on where the journal holds other events of the same branch and seq", async () => {
    const { stores, log, start } = open(VIRGINIA);
    await log.append(begin(REIGN, ROOT_BRANCH, 0));
    const outcome = {
      shard: SHARD,
      branch: REIGN,
      seq: 1 as Seq,
      time: 7,
      commandId: "" as const,
      events: [],
    };
    await stores.journal.append([outcome]);
    const failure = await failureOf(start());
    expect(failure).to.have.property("name", "InvariantViolation");
    expect(failure?.message).to.match(/^tape divergence: seq 1 /);
  });

  it("names an outcome by the branch whose record it is, whatever the record says and the fold takes it for", async () => {
    const next = { ...SPAN, epoch: 2, branch: NEXT, owner: TOKYO, parentSeq: 3 as Seq };
    const { stores, copies, start } = open(IRELAND, { ...PLAN, lineage: [SPAN, next] });
    const tick = encode("us-east-1.9" as BranchId, { kind: "Tick", time: 5 });
    await copies.append(
      SHARD,
      VIRGINIA,
      numbered([begin(REIGN, ROOT_BRANCH, 0), tick, new Uint8Array([255])]),
    );
    // The branch does not begin as it should, so the fold stays in the one before it.
    await copies.append(SHARD, TOKYO, numbered([tick, begin(NEXT, REIGN, 3)]));
    await start();
    const outcomes = await stores.journal.read(0, 9);
    expect(outcomes.map(({ branch, seq, events }) => [branch, seq, events[0]?.kind])).to.deep.equal([
      [REIGN, 1, "BranchBegan"],
      [REIGN, 2, "Misdirected"],
      [REIGN, 3, "Undecodable"],
      [NEXT, 4, "Misdirected"],
      [NEXT, 5, "Misdirected"],
    ]);
  });

  it("lets time go on where it writes the end of the tape, from the branch's first record to its last, and nowhere else", async () => {
    const clock = manualClock();
    const { log, copies, start } = open(IRELAND, PLAN, clock);
    await copies.append(SHARD, VIRGINIA, numbered([begin(REIGN, ROOT_BRANCH, 0)]));
    const region = await start();
    const { tape, matching } = region;
    clock.advance(5000);
    tape.setPlan({ ...PLAN, fork: { branch: FORK, parent: REIGN, parentSeq: 1 as Seq, start: 0 } });
    clock.advance(5000);
    const first = await log.append(begin(FORK, REIGN, 1));
    expect(first, "no tick came before it").to.deep.equal({ ok: true, position: 1 });
    await eventually(() => matching.place.position === 1);
    clock.advance(5000);
    await eventually(() => log.lastPosition() > 1);
    const [tick] = await log.read(1, 1);
    expect(decodeCommand(tick?.bytes ?? new Uint8Array())).to.deep.include({ branch: FORK });
    await log.append(encode(FORK, { kind: "ForkSealed", fork: FORK }));
    await eventually(() => matching.state().ended);
    const last = log.lastPosition();
    clock.advance(5000);
    const next = await log.append(new Uint8Array());
    expect(next, "no tick came behind its end").to.deep.equal({ ok: true, position: last + 1 });
  });

  it("counts nothing behind the end of a branch as held, also where it starts again from a snapshot that was taken there", async () => {
    const { log, start } = open(VIRGINIA);
    await log.append(begin(REIGN, ROOT_BRANCH, 0));
    await log.append(encode(REIGN, { kind: "EpochEnded", epoch: 1, successor: IRELAND }));
    const first = await start();
    await log.append(encode(REIGN, { kind: "Tick", time: 5 }));
    await eventually(() => first.matching.seq === 3);
    expect(first.counted.map(({ seq }) => seq)).to.deep.equal([0, 1, 2]);
    await first.stop();
    const second = await start();
    expect(second.matching.place.seq, "it starts from its last snapshot").to.equal(3);
    expect(second.counted).to.deep.equal([]);
  });

  it("appends a command of its own only to a branch that it writes", async () => {
    const replica = await open(IRELAND).start();
    expect(await replica.matching.append({ kind: "Tick", time: 1 })).to.equal(false);
    const owner = open(VIRGINIA);
    const region = await owner.start();
    expect(await region.matching.append({ kind: "Tick", time: 1 })).to.equal(true);
  });
});

function begin(branch: BranchId, parent: BranchId, parentSeq: number): Uint8Array {
  const provisional = branch === FORK;
  return encode(branch, {
    kind: "BranchStarted",
    branch,
    parent,
    parentSeq: parentSeq as Seq,
    epoch: 1,
    provisional,
  });
}

function numbered(records: readonly Uint8Array[]) {
  return records.map((bytes, at) => ({ position: at + 1, bytes }));
}

function encode(branch: BranchId, command: Command): Uint8Array {
  return encodeCommand({ commandId: "0".repeat(32) as CommandId, branch, validUntil: 0, command });
}
