import { expect } from "chai";
import { describe, it } from "mocha";
import { createEngine } from "#services/matching/engine/engine.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import { createNaiveEngine } from "#test/oracle/naive-engine.ts";
import { NaiveTapeBook } from "#test/oracle/naive-tape-book.ts";
import {
  FLOW_BRANCH,
  type FlowRecord,
  playOnEngine,
  readFlow,
  type Tape,
  TapeRecorder,
} from "#test/support/tape.ts";

const SHARD = "shard-1" as ShardId;

/** Two order flows with the tapes that price-time priority must give: three engines, in C++, Java and JavaScript, agreed on them. */
const FLOWS: Record<string, { setup: number; tape: Tape }> = {
  thin: { setup: 0, tape: { trades: 39_262, quantity: 1_000_437, canceled: 77_667, hash: "1fe2e05d" } },
  deep: { setup: 100_000, tape: { trades: 39_653, quantity: 1_010_900, canceled: 76_755, hash: "cdeb03e8" } },
};
/** As much as the naive engine, which sorts its lists for every order, does in a second or so. */
const NAIVE_RECORDS = 4000;

describe("the tapes of two recorded order flows", function () {
  this.timeout(120_000);

  for (const [name, { setup, tape }] of Object.entries(FLOWS)) {
    const flow = readFlow(new URL(`../fixtures/${name}.bin.gz`, import.meta.url));

    it(`come out exact on the engine: ${name}`, () => {
      expect(flow.setup).to.equal(setup);
      expect(playOnEngine(createEngine(SHARD, FLOW_BRANCH), flow.records)).to.deep.equal(tape);
    });

    it(`come out exact on the naive book: ${name}`, () => {
      expect(playOnBook(flow.records)).to.deep.equal(tape);
    });
  }

  it("are the same on the engine, the naive engine and the naive book, as far as the naive engine gets", () => {
    const { records } = readFlow(new URL("../fixtures/thin.bin.gz", import.meta.url));
    const beginning = records.slice(0, NAIVE_RECORDS);
    const naive = playOnEngine(createNaiveEngine(SHARD, FLOW_BRANCH), beginning);
    expect(naive.trades).to.be.greaterThan(500);
    expect(playOnBook(beginning)).to.deep.equal(naive);
    expect(playOnEngine(createEngine(SHARD, FLOW_BRANCH), beginning)).to.deep.equal(naive);
  });
});

function playOnBook(records: readonly FlowRecord[]): Tape {
  const book = new NaiveTapeBook();
  const recorder = new TapeRecorder();
  for (const record of records) {
    if (record.op === "cancel") {
      if (book.cancel(record)) recorder.cancel();
      continue;
    }
    for (const { price, quantity, maker, taker } of book.place(record))
      recorder.trade(price, quantity, maker, taker);
  }
  return recorder.tape();
}
