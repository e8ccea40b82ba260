import { expect } from "chai";
import { describe, it } from "mocha";
import { JournalWriter } from "#services/matching/journal-writer.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { Journal } from "#shared/ports/journal.ts";
import { failureOf } from "#test/contract/support/failure-of.ts";
import { sampleOutcomes } from "#test/contract/support/sample-outcomes.ts";

describe("the journal writer", () => {
  it("writes everything in order, one batch at a time, and flush waits for all of it", async () => {
    const written: Outcome[] = [];
    let inside = 0;
    const writer = new JournalWriter(
      journalThat(async (outcomes) => {
        expect(++inside).to.equal(1);
        await Promise.resolve();
        written.push(...outcomes);
        inside--;
      }),
      systemClock(),
      fail,
    );
    for (const outcome of sampleOutcomes(1, 1234)) writer.add(outcome);
    await writer.flush();
    expect(writer.pending).to.equal(0);
    expect(written).to.deep.equal(sampleOutcomes(1, 1234));
  });

  it("says so once when the journal fails, writes nothing more, and never claims that it was durable", async () => {
    const failures: unknown[] = [];
    let calls = 0;
    const writer = new JournalWriter(
      journalThat(async () => {
        calls++;
        throw new Error("the disk is full");
      }),
      systemClock(),
      (error) => failures.push(error),
    );
    for (const outcome of sampleOutcomes(1, 3)) writer.add(outcome);
    expect((await failureOf(writer.flush()))?.message).to.equal("the disk is full");
    for (const outcome of sampleOutcomes(4, 2000)) writer.add(outcome);
    expect((await failureOf(writer.flush()))?.message).to.equal("the disk is full");
    expect(failures).to.have.length(1);
    expect(calls).to.equal(1);
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
