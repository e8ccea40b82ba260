import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Projector, startProjector } from "#services/projector/projector.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { BranchId, ShardId } from "#shared/domain/ids.ts";
import { heldThrough } from "#shared/read-model/held-through.ts";
import { eventually } from "#test/support/eventually.ts";
import {
  appendTo,
  everythingOf,
  FIRST_BRANCH,
  flowOutcomes,
  otherOutcomes,
} from "#test/support/flow-outcomes.ts";
import { type FoldStores, openFoldStores } from "#test/support/folded-region.ts";
import { SEED } from "#test/support/seed.ts";

const SHARD = "shard-1" as ShardId;
const NEXT = "eu-west-1.1" as BranchId;
/** More than twice what a subscriber of a journal is given at once: what is folded again takes several turns. */
const COMMANDS = 1300;

/** Found by `npm run chaos -- run latency`: one Region's tables had orders and trades of a reign that had been cut twice. */
describe("the projector, while it folds again what its tables have", () => {
  const opened: FoldStores[] = [];
  const running: Projector[] = [];
  let failures: unknown[];

  beforeEach(() => {
    failures = [];
  });
  afterEach(async () => {
    for (const projector of running.splice(0)) projector.stop();
    for (const stores of opened.splice(0)) for (const store of Object.values(stores)) await store.close();
  });

  const open = () => {
    const stores = openFoldStores();
    opened.push(stores);
    return stores;
  };
  const start = async (stores: FoldStores) => {
    const projector = await startProjector({
      ...{ ...stores, shard: SHARD, clock: systemClock() },
      finalSeq: () => 0,
      onFailure: (error) => void failures.push(error),
    });
    running.push(projector);
    return projector;
  };
  const comesTo = async (stores: FoldStores, branch: BranchId) => {
    await eventually(() => {
      const { seq, branch: at } = stores.projections.stand(SHARD);
      return failures.length > 0 || (seq === stores.journal.lastSeq() && at === branch);
    });
    expect(failures).to.deep.equal([]);
  };
  /** Tables that were written from a journal that never went back. */
  const straight = async (...tapes: Parameters<typeof appendTo>[1][]) => {
    const stores = open();
    for (const tape of tapes) await appendTo(stores.journal, tape);
    await start(stores);
    await comesTo(stores, NEXT);
    return everythingOf(stores.projections);
  };

  for (const cut of [600, 1000, COMMANDS])
    it(`goes back with the journal that goes back to seq ${cut}, which is before the tables and behind what it has folded again`, async () => {
      const stores = open();
      const { journal, projections } = stores;
      const first = flowOutcomes(SHARD, SEED, COMMANDS);
      await appendTo(journal, first);
      (await start(stores)).stop();
      await start(stores);
      await comesTo(stores, FIRST_BRANCH);
      for (const projector of running.splice(0)) projector.stop();

      // Nobody has a snapshot: it folds from the beginning, 500 outcomes in a turn.
      await start(stores);
      await journal.rewind(cut);
      const second = otherOutcomes(SHARD, SEED, COMMANDS, { cut, branch: NEXT });
      await journal.append(second);
      expect(heldThrough(SHARD, stores), "the tables have yet to go back").to.equal(cut);
      await comesTo(stores, NEXT);
      expect(heldThrough(SHARD, stores)).to.equal(journal.lastSeq());
      const { superseded, ...there } = await everythingOf(projections);
      const { superseded: _none, ...wanted } = await straight(first.slice(0, cut), second);
      expect(there).to.deep.equal(wanted);
      expect(there.trades.length).to.be.greaterThan(50);
      expect(superseded.length).to.be.greaterThan(cut < COMMANDS ? 5 : -1);
    });
});
