import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { beforeEach, describe, it } from "mocha";
import { JournalWriter } from "#services/matching/journal-writer.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { Seq } from "#shared/domain/ids.ts";
import type { Journal } from "#shared/ports/journal.ts";
import { failureOf } from "#test/contract/support/failure-of.ts";
import { sampleOutcomes } from "#test/contract/support/sample-outcomes.ts";
import { type ManualClock, manualClock } from "#test/support/manual-clock.ts";

describe("the journal writer", () => {
  it("writes everything in order, one batch at a time, and flush waits for all of it", async () => {
    const written: Outcome[] = [];
    let inside = 0;
    const writer = new JournalWriter({
      journal: journalThat(async (outcomes) => {
        expect(++inside).to.equal(1);
        await Promise.resolve();
        written.push(...outcomes);
        inside--;
      }),
      clock: systemClock(),
      onFailure: fail,
    });
    for (const outcome of sampleOutcomes(1, 1234)) writer.add(outcome);
    await writer.flush();
    expect(writer.pending).to.equal(0);
    expect(written).to.deep.equal(sampleOutcomes(1, 1234));
  });

  it("says so once when the journal fails, writes nothing more, and never claims that it was durable", async () => {
    const failures: unknown[] = [];
    let calls = 0;
    const writer = new JournalWriter({
      journal: journalThat(async () => {
        calls++;
        throw new Error("the disk is full");
      }),
      clock: systemClock(),
      onFailure: (error) => failures.push(error),
    });
    for (const outcome of sampleOutcomes(1, 3)) writer.add(outcome);
    expect((await failureOf(writer.flush()))?.message).to.equal("the disk is full");
    for (const outcome of sampleOutcomes(4, 2000)) writer.add(outcome);
    expect((await failureOf(writer.flush()))?.message).to.equal("the disk is full");
    expect(failures).to.have.length(1);
    expect(calls).to.equal(1);
  });

  describe("where outcomes in which nothing happened may wait", () => {
    const QUIET_MS = 5000;
    let clock: ManualClock;
    let written: number[];
    let writer: JournalWriter;
    const [first] = sampleOutcomes(1, 1);
    /** A tick by which nothing happened. */
    const quiet = (seq: number) => ({ ...first, seq: seq as Seq, events: [] }) as Outcome;
    const eventful = (seq: number) => ({ ...first, seq: seq as Seq }) as Outcome;
    const pass = async (ms: number) => {
      clock.advance(ms);
      await nextTurn();
    };

    beforeEach(() => {
      clock = manualClock();
      written = [];
      const journal = journalThat(async (outcomes) => {
        written.push(...outcomes.map(({ seq }) => seq));
      });
      writer = new JournalWriter({ journal, clock, onFailure: fail, quietMs: QUIET_MS });
    });

    it("lets them wait, and says of nothing that it waits for the journal", async () => {
      for (let seq = 1; seq <= 4; seq++) {
        writer.add(quiet(seq));
        await pass(1000);
      }
      expect(written).to.deep.equal([]);
      expect(writer.oldestMs).to.equal(0);
      expect(writer.pending).to.equal(4);
      await pass(1000);
      expect(written).to.deep.equal([1, 2, 3, 4]);
    });

    it("writes them at once with one in which something happened, and counts that one's age", async () => {
      writer.add(quiet(1));
      await pass(1000);
      writer.add(eventful(2));
      expect(writer.oldestMs).to.equal(0);
      clock.advance(9);
      expect(writer.oldestMs).to.equal(9);
      await pass(1);
      expect(written).to.deep.equal([1, 2]);
      expect(writer.oldestMs).to.equal(0);
    });

    it("writes one in which something happened as soon as ever where a tick follows it", async () => {
      writer.add(eventful(1));
      writer.add(quiet(2));
      await pass(10);
      expect(written).to.deep.equal([1, 2]);
    });

    it("keeps none of them back from who asks for all to be durable", async () => {
      writer.add(quiet(1));
      await writer.flush();
      expect(written).to.deep.equal([1]);
    });
  });
});

/** A journal of which only `append` is called. */
function journalThat(append: Journal["append"]): Journal {
  return {
    append,
    read: fail,
    subscribe: fail,
    rewind: fail,
    readSuperseded: fail,
    branches: fail,
    lastSeq: () => 0,
    firstSeq: fail,
    close: fail,
  };
}

function fail(): never {
  throw new Error("not called");
}
