import { expect } from "chai";
import { describe, it } from "mocha";
import { finalOnTape } from "#services/projector/final-on-tape.ts";
import type { BranchId, Seq } from "#shared/domain/ids.ts";

const run = (branch: string, firstSeq: number, lastSeq: number) => ({
  branch: branch as BranchId,
  firstSeq: firstSeq as Seq,
  lastSeq: lastSeq as Seq,
});
const segment = (branch: string, end: number) => ({ branch: branch as BranchId, end });
const OPEN = Number.POSITIVE_INFINITY;

describe("how much of a journal is final", () => {
  it("is what a majority holds, where journal and plan are of one mind", () => {
    const history = [run("a.1", 1, 10), run("b.1", 11, 20)];
    const plan = [segment("a.1", 10), segment("b.1", OPEN)];
    expect(finalOnTape(history, plan, 15)).to.equal(15);
    expect(finalOnTape(history, plan, 3)).to.equal(3);
  });

  it("is no more than the journal holds, however far the plan's watermark is", () => {
    expect(finalOnTape([run("a.1", 1, 10)], [segment("a.1", OPEN)], 15)).to.equal(10);
    expect(finalOnTape([], [segment("a.1", OPEN)], 15)).to.equal(0);
  });

  it("ends where the plan has cut a branch of which the journal holds more", () => {
    const history = [run("a.1", 1, 10)];
    expect(finalOnTape(history, [segment("a.1", 7), segment("b.1", OPEN)], 15)).to.equal(7);
  });

  it("ends before a branch that is not on the plan, and at the beginning where the first is not", () => {
    const plan = [segment("a.1", 10), segment("b.1", OPEN)];
    expect(finalOnTape([run("a.1", 1, 10), run("c.1", 11, 20)], plan, 15)).to.equal(10);
    expect(finalOnTape([run("c.1", 1, 20)], plan, 15)).to.equal(0);
  });

  it("does not go on behind a cut, though the journal came back to a branch of the plan", () => {
    const history = [run("a.1", 1, 10), run("b.1", 11, 20)];
    expect(finalOnTape(history, [segment("a.1", 7), segment("b.1", OPEN)], 20)).to.equal(7);
  });
});
