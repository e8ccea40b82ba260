import { expect } from "chai";
import { afterEach, describe, it } from "mocha";
import { MatchingService } from "#services/matching/matching-service.ts";
import { recoverFold } from "#services/matching/recover.ts";
import { Tape } from "#services/replication/tape.ts";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import { openSqliteCommandLog } from "#shared/adapters/embedded/sqlite-command-log.ts";
import { openSqliteLogCopies } from "#shared/adapters/embedded/sqlite-log-copies.ts";
import type { RegionId, Seq, ShardId } from "#shared/domain/ids.ts";
import { type LineageSpan, ROOT_BRANCH } from "#shared/domain/lineage.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { Journal } from "#shared/ports/journal.ts";
import { openFoldStores } from "#test/support/folded-region.ts";
import { manualClock } from "#test/support/manual-clock.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { depositRecord } from "#test/support/zone-stage.ts";

const SHARD = "shard-1" as ShardId;
const SELF = "us-east-1" as RegionId;
const ROOT: LineageSpan = {
  ...{ epoch: 0, branch: ROOT_BRANCH, owner: SELF, parentSeq: 0 as Seq, start: 0, cutDigest: "" },
};

describe("a start while a task that lost its lease still writes", () => {
  const closers: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  it("looks at journal and log again where a snapshot is beyond what it knows of them", async () => {
    const region = openRegion();
    await region.publish(40);
    const late = region.seenNow();
    await region.publish(30);
    const recovered = await recoverFold(late);
    expect([recovered.fold.place.seq, recovered.tip]).to.deep.equal([70, 70]);
  });

  it("still tells that the journal, or the log, has lost what a snapshot was taken of", async () => {
    const region = openRegion();
    await region.publish(40);
    const late = region.seenNow();
    await region.publish(30);
    const { journal, tape } = region.sources();
    for (const [sources, told] of [
      [{ ...late, journal, refresh: undefined }, /^The log .* ends at position 40, but a snapshot .* at 70/],
      [{ ...late, tape, refresh: async () => {} }, /^The journal .* ends at seq 40, but a snapshot .* at 70/],
    ] as const) {
      const error: Error | undefined = await recoverFold(sources).then(
        () => undefined,
        (thrown) => thrown,
      );
      expect(error?.name).to.equal("InconsistentStores");
      expect(error?.message).to.match(told);
    }
  });

  it("does not miss what that task journals of commands that this one has not read yet", async () => {
    const region = openRegion();
    await region.publish(40);
    const late = region.seenNow();
    const { journal, snapshots } = region.sources();
    const recovered = await recoverFold({ ...late, journal, refresh: undefined });
    const matching = region.matching(recovered, { ...late, journal, snapshots });
    await region.publish(30);
    expect(journal.lastSeq()).to.equal(70);
    await matching.catchUp();
    expect(matching.seq).to.equal(40);
    await late.refresh();
    await matching.catchUp();
    expect(matching.seq).to.equal(70);
  });

  function openRegion() {
    const { projections, ...stores } = openFoldStores();
    const log = openSqliteCommandLog({ file: ":memory:" });
    const copies = openSqliteLogCopies({ file: ":memory:" });
    for (const store of [log, copies, projections, ...Object.values(stores)])
      closers.push(() => store.close());
    const plan = { shard: SHARD, lineage: [ROOT], fork: undefined };
    let appended = 0;
    const sources = () => ({
      ...stores,
      log,
      tape: new Tape({ shard: SHARD, self: SELF, log, copies }, plan),
    });
    const region = {
      sources,
      /** As the task that lost its lease: folds so many commands more, journals them and takes a snapshot. */
      publish: async (count: number) => {
        for (let at = 0; at < count; at++) await log.append(depositRecord(ROOT_BRANCH, ++appended));
        const matching = region.matching(await recoverFold(sources()), sources());
        await matching.catchUp();
        await matching.takeSnapshot();
      },
      /** What another task knows of the stores from now on, until it looks again. */
      seenNow: () => {
        const seen = { position: log.lastPosition(), seq: stores.journal.lastSeq() };
        const journal = seenJournal(stores.journal, () => seen.seq);
        const tape = new Tape(
          { shard: SHARD, self: SELF, log: seenLog(log, () => seen.position), copies },
          plan,
        );
        const refresh = async () => {
          seen.seq = stores.journal.lastSeq();
          seen.position = log.lastPosition();
        };
        return { tape, journal, snapshots: stores.snapshots, log, refresh };
      },
      matching: (
        recovered: Awaited<ReturnType<typeof recoverFold>>,
        own: Omit<ReturnType<typeof sources>, "projections">,
      ) =>
        new MatchingService(recovered, {
          ...own,
          ...{ feed: createLocalOutcomeFeed(), clock: manualClock(), random: seededRandom(1) },
          snapshotPolicy: { commandsMin: 1e6, commandsMax: 1e6, intervalMs: Number.MAX_SAFE_INTEGER },
          finalSeq: () => 0,
          onRecords: () => {},
          onDigest: () => {},
          onFailure: (error) => {
            throw error;
          },
        }),
    };
    return region;
  }
});

function seenJournal(journal: Journal, last: () => number): Journal {
  return {
    append: (outcomes) => journal.append(outcomes),
    read: (after, limit) => journal.read(after, limit),
    subscribe: (after, onOutcomes, onRewind) => journal.subscribe(after, onOutcomes, onRewind),
    rewind: (toSeq) => journal.rewind(toSeq),
    readSuperseded: (branch, after, limit) => journal.readSuperseded(branch, after, limit),
    branches: () => journal.branches().map((run) => ({ ...run, lastSeq: last() as Seq })),
    lastSeq: last,
    firstSeq: () => journal.firstSeq(),
    close: () => journal.close(),
  };
}

function seenLog(log: CommandLog, last: () => number): CommandLog {
  return {
    append: (bytes) => log.append(bytes),
    read: async (after, limit) => (await log.read(after, limit)).filter(({ position }) => position <= last()),
    subscribe: (after, onRecords) => log.subscribe(after, onRecords),
    lastPosition: last,
    trim: (through) => log.trim(through),
    close: () => log.close(),
  };
}
