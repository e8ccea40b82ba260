import { expect } from "chai";
import { describe, it } from "mocha";
import { Tape } from "#services/replication/tape.ts";
import { FinalityWatermark } from "#services/replication/watermark.ts";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { openSqliteLogCopies } from "#shared/adapters/embedded/sqlite-log-copies.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";

const SHARD = "shard-1" as ShardId;
const REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1"] as RegionId[];
const [SELF, OTHER] = REGIONS as [RegionId, RegionId];
const [REIGN, FORK] = ["us-east-1.1", "us-east-1.2"] as [BranchId, BranchId];
const SPAN = { epoch: 1, branch: REIGN, owner: SELF, parentSeq: 0 as Seq, start: 0, cutDigest: "" };

function openWatermark() {
  const stores = {
    log: openSqliteCommandLog({ file: ":memory:" }),
    copies: openSqliteLogCopies({ file: ":memory:" }),
  };
  const plan = { shard: SHARD, lineage: [SPAN], fork: undefined };
  const tape = new Tape({ shard: SHARD, self: SELF, ...stores }, plan);
  const watermark = new FinalityWatermark({ shard: SHARD, tape, regions: REGIONS, copies: stores.copies });
  return {
    tape,
    plan,
    watermark,
    folds: (seq: number) => watermark.noteRecords([{ branch: REIGN, seq: seq as Seq, position: seq }]),
    isHeld: (seq: number) => watermark.noteHeld(OTHER, 1, seq),
    close: () => Promise.all([stores.log.close(), stores.copies.close()]),
  };
}

describe("what is final", () => {
  it("is what a majority holds, and this Region has folded", async () => {
    const { watermark, folds, isHeld, close } = openWatermark();
    folds(1);
    folds(2);
    expect(watermark.finalSeq).to.equal(0);
    isHeld(1);
    expect(watermark.finalSeq).to.equal(1);
    isHeld(5);
    expect(watermark.finalSeq).to.equal(2);
    await close();
  });

  it("is nothing behind the place where a fork is being begun, though the fold and the others go on", async () => {
    const { tape, plan, watermark, folds, isHeld, close } = openWatermark();
    folds(1);
    isHeld(1);
    const seen: number[] = [];
    watermark.onAdvance(() => seen.push(watermark.finalSeq));
    await watermark.notBeyond(1 as Seq, async () => {
      folds(2);
      isHeld(2);
      expect(watermark.finalSeq).to.equal(1);
      expect(watermark.current?.seq, "what the other Regions are told").to.equal(2);
      const fork = { branch: FORK, parent: REIGN, parentSeq: 1 as Seq, start: 2 };
      tape.setPlan({ ...plan, fork });
    });
    expect(watermark.finalSeq, "with the fork there").to.equal(1);
    expect(Math.max(...seen)).to.equal(1);
    tape.setPlan(plan);
    expect(watermark.finalSeq, "once it is healed").to.equal(2);
    await close();
  });

  it("goes on where the fork was not begun after all, and is told", async () => {
    const { watermark, folds, isHeld, close } = openWatermark();
    folds(1);
    isHeld(1);
    const seen: number[] = [];
    watermark.onAdvance(() => seen.push(watermark.finalSeq));
    await watermark.notBeyond(1 as Seq, async () => {
      folds(2);
      isHeld(2);
    });
    expect(seen.at(-1)).to.equal(2);
    await close();
  });
});
