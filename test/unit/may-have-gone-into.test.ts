import { expect } from "chai";
import { describe, it } from "mocha";
import { mayHaveGoneInto } from "#services/region/may-have-gone-into.ts";
import type { BranchId, Seq } from "#shared/domain/ids.ts";

const [REIGN, FORK] = ["us-east-1.1", "us-east-1.2"] as [BranchId, BranchId];
const SPAN = { branch: FORK, parent: REIGN, parentSeq: 10 as Seq, start: 12 };

function journalOf(...runs: readonly (readonly [BranchId, number, number])[]) {
  return {
    lastSeq: () => (runs.at(-1)?.[2] ?? 0) as Seq,
    branches: () =>
      runs.map(([branch, firstSeq, lastSeq]) => ({
        branch,
        firstSeq: firstSeq as Seq,
        lastSeq: lastSeq as Seq,
      })),
  };
}

describe("a Region that starts and finds an open fork in its log", () => {
  it("goes on in it where the journal is in the fork, or has not come beyond its place", () => {
    expect(mayHaveGoneInto(journalOf([REIGN, 1, 10], [FORK, 11, 14]), SPAN)).to.equal(true);
    expect(mayHaveGoneInto(journalOf([REIGN, 1, 10]), SPAN)).to.equal(true);
    expect(mayHaveGoneInto(journalOf([REIGN, 1, 7]), SPAN)).to.equal(true);
    expect(mayHaveGoneInto(journalOf(), SPAN)).to.equal(true);
  });

  it("does not where the journal went on along the lineage: what stands there may have been called final", () => {
    expect(mayHaveGoneInto(journalOf([REIGN, 1, 11]), SPAN)).to.equal(false);
    expect(mayHaveGoneInto(journalOf([REIGN, 1, 10], ["eu-west-1.1" as BranchId, 11, 30]), SPAN)).to.equal(
      false,
    );
  });
});
