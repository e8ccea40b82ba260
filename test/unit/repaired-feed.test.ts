import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { RepairedFeed } from "#services/gateway/feed/repaired-feed.ts";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import { openSqliteJournal } from "#shared/adapters/embedded/sqlite-journal.ts";
import type { BranchBegan } from "#shared/domain/branch-events.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import { sampleOutcome, sampleOutcomes } from "#test/contract/support/sample-outcomes.ts";
import { manualClock } from "#test/support/manual-clock.ts";

const SHARD = "shard-1" as ShardId;
const [FIRST, SECOND] = ["us-east-1.1", "eu-west-1.1"];

/** A tape that is journaled, and told with whatever is lost on the way; and who hears of it through a repaired feed. */
function world() {
  const journal = openSqliteJournal({ file: ":memory:" });
  const told = createLocalOutcomeFeed();
  const clock = manualClock();
  const looks = { count: 0 };
  const feed = new RepairedFeed({
    shard: SHARD,
    told,
    journal,
    lookAtJournal: () => looks.count++,
    clock,
  });
  const heard: Outcome[] = [];
  const rewinds: number[] = [];
  feed.subscribe(
    (outcome) => heard.push(outcome),
    ({ toSeq }) => {
      rewinds.push(toSeq);
      while ((heard.at(-1)?.seq ?? 0) > toSeq) heard.pop();
    },
  );
  return {
    ...{ journal, told, clock, feed, heard, rewinds, looks },
    /** Time goes on, and what was begun ends. */
    pass: async (ms: number) => {
      for (let elapsed = 0; elapsed < ms; elapsed += 100) {
        clock.advance(100);
        for (let turn = 0; turn < 5; turn++) await nextTurn();
      }
    },
  };
}

/** The first outcome of a branch. */
function begun(seq: number, branch: string, parent: string): Outcome {
  const event: BranchBegan = {
    kind: "BranchBegan",
    ...{ parent: parent as BranchId, parentSeq: (seq - 1) as Seq, epoch: 2, provisional: false },
  } as BranchBegan;
  return { ...sampleOutcome(seq, branch), events: [event] };
}

describe("a gateway's feed of outcomes", () => {
  it("passes on what is told at once, and asks the journal for nothing while nothing is missing", async () => {
    const { feed, told, heard, journal } = world();
    await journal.append(sampleOutcomes(1, 3));
    feed.run({ seq: 3 as Seq });
    for (const outcome of sampleOutcomes(4, 6)) told.publish(outcome);
    expect(heard).to.deep.equal(sampleOutcomes(4, 6));
    feed.stop();
  });

  it("keeps what was told while its view was built, and passes on what the view has not", async () => {
    const { feed, told, heard, journal } = world();
    for (const outcome of sampleOutcomes(2, 5)) told.publish(outcome);
    await journal.append(sampleOutcomes(1, 3));
    feed.run({ seq: 3 as Seq });
    expect(heard).to.deep.equal(sampleOutcomes(4, 5));
    feed.stop();
  });

  it("reads from the journal what was lost between two that were heard", async () => {
    const { feed, told, heard, journal, pass } = world();
    feed.run({ seq: 0 as Seq });
    await journal.append(sampleOutcomes(1, 10));
    told.publish(sampleOutcome(1));
    told.publish(sampleOutcome(10));
    expect(heard).to.deep.equal(sampleOutcomes(1, 1));
    await pass(500);
    expect(heard).to.deep.equal(sampleOutcomes(1, 10));
    feed.stop();
  });

  it("notices by silence alone that nothing is told any more", async () => {
    const { feed, heard, journal, pass } = world();
    feed.run({ seq: 0 as Seq });
    await pass(300);
    await journal.append(sampleOutcomes(1, 10));
    await pass(3000);
    expect(heard).to.deep.equal(sampleOutcomes(1, 10));
    feed.stop();
  });

  it("goes back where it is told so, and where it was not told finds out by the branch of what follows", async () => {
    const { feed, told, heard, rewinds, journal, pass } = world();
    feed.run({ seq: 0 as Seq });
    await journal.append(sampleOutcomes(1, 10));
    for (const outcome of sampleOutcomes(1, 10)) told.publish(outcome);
    await journal.rewind(6);
    const other = [begun(7, SECOND, FIRST), ...sampleOutcomes(8, 9, SECOND)];
    await journal.append(other);
    // Nobody tells of the rewind; only the last outcome of the new branch is heard.
    told.publish(other[2] as Outcome);
    await pass(1000);
    expect(rewinds).to.deep.equal([6]);
    expect(heard).to.deep.equal([...sampleOutcomes(1, 6), ...other]);
    feed.stop();
  });

  it("hears every outcome once and in order, whatever is lost, doubled or late", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ size: fc.integer({ min: 1, max: 20 }), isLost: fc.boolean(), isTwice: fc.boolean() }),
          {
            maxLength: 15,
          },
        ),
        fc.array(fc.nat(10), { maxLength: 15 }),
        async (batches, rewindsAt) => {
          const { feed, told, heard, journal, pass } = world();
          feed.run({ seq: 0 as Seq });
          let tape: Outcome[] = [];
          let branches = 1;
          for (const [at, { size, isLost, isTwice }] of batches.entries()) {
            const back = rewindsAt[at] ?? 0;
            let next: Outcome[];
            if (back > 5 && tape.length > back) {
              const toSeq = tape.length - back;
              const parent = tape[toSeq - 1]?.branch ?? "";
              const branch = `eu-west-1.${++branches}`;
              tape = tape.slice(0, toSeq);
              await journal.rewind(toSeq);
              if (!isLost) told.rewind({ shard: SHARD, toSeq: toSeq as Seq });
              next = [begun(toSeq + 1, branch, parent), ...sampleOutcomes(toSeq + 2, toSeq + size, branch)];
            } else {
              const branch = tape.at(-1)?.branch ?? FIRST;
              next = sampleOutcomes(tape.length + 1, tape.length + size, branch);
            }
            tape = [...tape, ...next];
            await journal.append(next);
            if (!isLost) for (const outcome of isTwice ? [...next, ...next] : next) told.publish(outcome);
            if (at % 3 === 0) await pass(200);
          }
          await pass(4000);
          feed.stop();
          await journal.close();
          expect(heard).to.deep.equal(tape);
        },
      ),
      { numRuns: 60 },
    );
  });
});
