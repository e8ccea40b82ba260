import { join } from "node:path";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { FailoverWatch } from "#local/region-process/failover-watch.ts";
import { JournalThrottle } from "#local/region-process/journal-throttle.ts";
import { openSqliteJournal } from "#shared/adapters/embedded/sqlite-journal.ts";
import { sampleOutcomes } from "#test/contract/support/sample-outcomes.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { manualClock } from "#test/support/manual-clock.ts";

describe("a throttled journal", () => {
  const folders = temporaryFolders();

  after(() => folders.removeAll());

  it("takes so many outcomes a second, and all that waits at once when it is throttled no more", async () => {
    const clock = manualClock();
    const throttle = new JournalThrottle(clock);
    const journal = throttle.wrap(openSqliteJournal({ file: join(folders.make(), "journal.db") }));
    throttle.set(10);
    const first = journal.append(sampleOutcomes(1, 5));
    clock.advance(450);
    await settled();
    expect(journal.lastSeq(), "five take half a second").to.equal(0);
    await moved(clock, 100, first);
    expect(journal.lastSeq()).to.equal(5);
    const second = journal.append(sampleOutcomes(6, 500));
    await settled();
    throttle.set(undefined);
    await moved(clock, 60, second);
    expect(journal.lastSeq()).to.equal(500);
    await journal.close();
  });
});

describe("the watch over zones that take over", () => {
  it("measures from the last outcome before to the first one after, for each shard", () => {
    const clock = manualClock();
    const watch = new FailoverWatch(clock);
    watch.notePublished("one");
    watch.notePublished("two");
    clock.advance(100);
    watch.notePublished("two");
    clock.advance(50);
    watch.noteFailover({ from: "a", to: "b", reason: "closed" });
    clock.advance(30);
    watch.notePublished("two");
    // The one that took over went too, before it had published anything of this shard.
    watch.noteFailover({ from: "b", to: "a", reason: "silent" });
    clock.advance(20);
    watch.notePublished("one");
    watch.notePublished("one");
    const told = watch.failovers.map(({ shard, from, to, ms }) => `${shard} ${from} ${to} ${ms}`);
    expect(told).to.deep.equal(["two a b 80", "one b a 200"]);
  });
});

/** Moves time step by step until something has happened. */
async function moved(clock: ReturnType<typeof manualClock>, ms: number, until: Promise<void>): Promise<void> {
  let isDone = false;
  void until.then(() => {
    isDone = true;
  });
  await eventually(() => {
    clock.advance(ms);
    return isDone;
  });
}

/** Whatever follows from what has happened has followed. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}
