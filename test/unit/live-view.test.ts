import { expect } from "chai";
import { describe, it } from "mocha";
import { LiveView } from "#services/gateway/views/live-view.ts";
import { rebuildView } from "#services/gateway/views/rebuild-view.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { Command } from "#shared/domain/command.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { BranchId, CommandId, Seq, ShardId } from "#shared/domain/ids.ts";
import { ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { Journal } from "#shared/ports/journal.ts";
import { eventually } from "#test/support/eventually.ts";
import { openFoldStores } from "#test/support/folded-region.ts";

const SHARD = "crypto-1" as ShardId;
const REIGN = "us-east-1.1" as BranchId;

describe("the view of a gateway, whose journal another task writes", () => {
  it("waits for what is known of the journal where it hears first that the tape went back", async () => {
    const stores = openFoldStores();
    const engine = createEngine(SHARD, ROOT_BRANCH);
    const begun: Command = {
      ...{ kind: "BranchStarted", branch: REIGN, parent: ROOT_BRANCH, parentSeq: 0 as Seq },
      ...{ epoch: 1, provisional: false },
    };
    const tick = (time: number): Command => ({ kind: "Tick", time });
    const outcomes = [begun, tick(1000), tick(2000), tick(3000), tick(4000)].map((command, at): Outcome => {
      const commandId = at.toString(16).padStart(32, "0") as CommandId;
      const events = engine.apply({ commandId, branch: REIGN, validUntil: 0, command });
      const { branch, seq, time } = engine;
      return { shard: SHARD, branch, seq, time, commandId, events };
    });
    await stores.journal.append(outcomes);

    let [seen, looks] = [3, 0];
    const journal = asFarAs(stores.journal, () => seen);
    const feed = createLocalOutcomeFeed();
    const failures: unknown[] = [];
    const sources = {
      ...stores,
      shard: SHARD,
      journal,
      lookAtJournal: () => {
        looks++;
        seen = looks === 1 ? 3 : 5;
      },
      clock: systemClock(),
    };
    const view = new LiveView(await rebuildView(sources), feed, sources, (error) => failures.push(error));
    for (const outcome of outcomes.slice(3)) feed.publish(outcome);
    expect(view.seq).to.equal(5);

    let rebuilt = 0;
    view.onRewind(() => rebuilt++);
    feed.rewind({ shard: SHARD, toSeq: 4 as Seq });
    feed.publish(outcomes[4] as Outcome);
    await eventually(() => rebuilt + failures.length > 0);
    expect(failures).to.deep.equal([]);
    expect({ seq: view.seq, time: view.time }).to.deep.equal({ seq: 5, time: 4000 });
    expect(looks).to.equal(2);
    for (const store of Object.values(stores)) await store.close();
  });
});

/** A journal of which no more is seen than up to a seq. */
function asFarAs(journal: Journal, seen: () => number): Journal {
  const upTo = (seq: number) => Math.min(seq, seen());
  return {
    append: (outcomes) => journal.append(outcomes),
    read: async (after, limit) => (await journal.read(after, limit)).filter(({ seq }) => seq <= seen()),
    subscribe: (after, onOutcomes, onRewind) => journal.subscribe(after, onOutcomes, onRewind),
    rewind: (toSeq) => journal.rewind(toSeq),
    readSuperseded: (branch, after, limit) => journal.readSuperseded(branch, after, limit),
    branches: () => journal.branches().map((run) => ({ ...run, lastSeq: upTo(run.lastSeq) as Seq })),
    lastSeq: () => upTo(journal.lastSeq()),
    firstSeq: () => journal.firstSeq(),
    close: () => journal.close(),
  };
}
