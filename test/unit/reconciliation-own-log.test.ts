import { expect } from "chai";
import { describe, it } from "mocha";
import { OwnLog } from "#services/reconciliation/own-log.ts";
import type { Command, CommandEnvelope } from "#shared/domain/command.ts";
import type { BranchId, CommandId, RegionId, Seq } from "#shared/domain/ids.ts";

const [REIGN, FORK, OTHER] = ["eu-west-1.1", "eu-west-1.2", "us-east-1.1"] as BranchId[] as [
  BranchId,
  BranchId,
  BranchId,
];
const TICK: Command = { kind: "Tick", time: 1 };
const START: Command = {
  kind: "BranchStarted",
  branch: FORK,
  parent: OTHER,
  parentSeq: 7 as Seq,
  epoch: 1,
  provisional: true,
};

describe("what a Region's own log says of forks", () => {
  it("finds a fork by its first record, which stands behind the fork's start, and its seal", () => {
    const log = noted([OTHER, TICK], [FORK, START], [FORK, TICK], [FORK, { kind: "ForkSealed", fork: FORK }]);
    const span = { branch: FORK, parent: OTHER, parentSeq: 7, start: 1 };
    expect(log.openedForks()).to.deep.equal([{ ...span, seal: 4 }]);
  });

  it("tells where a reign begins that may yet come into the lineage, until its epoch is somebody's", () => {
    const reign = (epoch: number): Command => ({ ...START, branch: REIGN, epoch, provisional: false });
    const log = noted([OTHER, TICK], [REIGN, reign(2)], [FORK, START], [REIGN, reign(3)]);
    expect([1, 2, 3].map((epoch) => log.firstBegunAfter(epoch))).to.deep.equal([
      1,
      3,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it("counts the first seal only: what comes later for the fork is late", () => {
    const seal: Command = { kind: "ForkSealed", fork: FORK };
    const log = noted([FORK, START], [FORK, TICK], [FORK, seal], [FORK, TICK], [FORK, seal]);
    expect([1, 2, 3, 4, 5].map((position) => log.fateOf(position, FORK, [], undefined))).to.deep.equal([
      "in-fork",
      "in-fork",
      "in-fork",
      "late",
      "late",
    ]);
  });

  it("does not take a seal that another branch's record brings", () => {
    const log = noted([FORK, START], [OTHER, { kind: "ForkSealed", fork: FORK }]);
    expect(log.openedForks()[0]?.seal).to.equal(undefined);
  });

  it("takes what lies beyond the cut of a reign for a tail until it is sealed, then for late", () => {
    const log = noted(
      [REIGN, TICK],
      [REIGN, TICK],
      [REIGN, TICK],
      [REIGN, { kind: "ForkSealed", fork: REIGN }],
      [REIGN, TICK],
    );
    const reign = { branch: REIGN, start: 0, cut: 2 };
    expect([1, 2, 3, 5].map((position) => log.fateOf(position, REIGN, [reign], undefined))).to.deep.equal([
      "in-lineage",
      "in-lineage",
      "in-fork",
      "late",
    ]);
  });

  it("knows no tail behind a planned end", () => {
    const end: Command = { kind: "EpochEnded", epoch: 1, successor: "us-east-1" as RegionId };
    const log = noted([REIGN, TICK], [REIGN, end], [REIGN, TICK]);
    const reign = { branch: REIGN, start: 0, cut: 2 };
    expect(log.wasHandedOver(reign)).to.equal(true);
    expect(log.fateOf(3, REIGN, [reign], undefined)).to.equal("late");
  });

  it("takes what names a branch that never lived here for late, and what the reign of today names for its own", () => {
    const log = noted([OTHER, TICK], [REIGN, TICK]);
    const current = { branch: REIGN, start: 1 };
    expect(log.fateOf(1, OTHER, [], current)).to.equal("late");
    expect(log.fateOf(2, REIGN, [], current)).to.equal("in-lineage");
    expect(log.fateOf(1, REIGN, [], current)).to.equal("late");
  });
});

function noted(...records: readonly (readonly [BranchId, Command])[]): OwnLog {
  const log = new OwnLog(0);
  for (const [at, [branch, command]] of records.entries()) log.note(at + 1, envelope(branch, command));
  return log;
}

function envelope(branch: BranchId, command: Command): CommandEnvelope {
  return { commandId: "0".repeat(32) as CommandId, branch, validUntil: 0, command };
}
