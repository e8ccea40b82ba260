import { expect } from "chai";
import { describe, it } from "mocha";
import { type OwnLogPast, ownLogStart } from "#services/region/own-log-start.ts";
import type { BranchId, RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { LineageSpan, OwnershipRecord } from "#shared/domain/lineage.ts";

const [SELF, OTHER] = ["us-east-1", "eu-west-1"] as [RegionId, RegionId];
const [FIRST, SECOND, THIRD, FORK] = [
  "us-east-1.1",
  "eu-west-1.1",
  "us-east-1.2",
  "us-east-1.3",
] as BranchId[] as [BranchId, BranchId, BranchId, BranchId];
const BOOKMARK = 30;

/** This Region's reign, another one's behind seq 100, and its own again behind seq 150. */
const LINEAGE = [span(1, FIRST, SELF, 0), span(2, SECOND, OTHER, 100), span(3, THIRD, SELF, 150)];

describe("where a Region that starts begins to read its own log", () => {
  it("is its newest snapshot of a reign of its own, if the journal has it", () => {
    const start = startOf([
      [THIRD, 400, 2400],
      [THIRD, 300, 2300],
      [FIRST, 90, 95],
    ]);
    expect(start).to.equal(2400);
  });

  it("is the bookmark where there is none, or where that lies further", () => {
    expect(startOf([])).to.equal(BOOKMARK);
    expect(startOf([[FIRST, 20, 21]])).to.equal(BOOKMARK);
  });

  it("counts no snapshot whose position is one of another Region's log", () => {
    expect(startOf([[SECOND, 120, 9000]])).to.equal(BOOKMARK);
  });

  it("counts none that lies behind the cut of its reign, or in a fork", () => {
    expect(startOf([[FIRST, 130, 135]])).to.equal(BOOKMARK);
    expect(startOf([[FORK, 420, 2420]])).to.equal(BOOKMARK);
  });

  it("counts none that the journal does not have: a fork may stand there instead", () => {
    const inFork = {
      branches: () => [run(FIRST, 1, 100), run(SECOND, 101, 150), run(THIRD, 151, 350), run(FORK, 351, 500)],
    };
    expect(
      startOf(
        [
          [THIRD, 400, 2400],
          [THIRD, 300, 2300],
        ],
        { journal: inFork },
      ),
    ).to.equal(2300);
  });

  it("is the bookmark where nothing is known of the lineage", () => {
    expect(startOf([[THIRD, 400, 2400]], { record: undefined })).to.equal(BOOKMARK);
  });
});

function startOf(
  snapshots: readonly (readonly [BranchId, number, number])[],
  changes: Partial<OwnLogPast> = {},
) {
  return ownLogStart({
    ...{ shard: "shard-1" as ShardId, self: SELF, bookmark: BOOKMARK },
    record: { lineage: LINEAGE } as unknown as OwnershipRecord,
    journal: { branches: () => [run(FIRST, 1, 100), run(SECOND, 101, 150), run(THIRD, 151, 500)] },
    snapshots: snapshots.map(([branch, seq, position]) => ({ branch, seq: seq as Seq, position })),
    ...changes,
  });
}

function run(branch: BranchId, firstSeq: number, lastSeq: number) {
  return { branch, firstSeq: firstSeq as Seq, lastSeq: lastSeq as Seq };
}

function span(epoch: number, branch: BranchId, owner: RegionId, parentSeq: number): LineageSpan {
  return { epoch, branch, owner, parentSeq: parentSeq as Seq, start: 0, cutDigest: "" };
}
