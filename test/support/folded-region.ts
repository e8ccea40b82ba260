import { rebuildView } from "#services/gateway/views/rebuild-view.ts";
import { MatchingService } from "#services/matching/matching-service.ts";
import { recoverFold } from "#services/matching/recover.ts";
import { startProjector } from "#services/projector/projector.ts";
import { Tape } from "#services/replication/tape.ts";
import { createLocalOutcomeFeed } from "#shared/adapters/embedded/local-outcome-feed.ts";
import { openSqliteJournal } from "#shared/adapters/embedded/sqlite-journal.ts";
import { openSqliteProjections } from "#shared/adapters/embedded/sqlite-projections.ts";
import { openSqliteSnapshotStore } from "#shared/adapters/embedded/sqlite-snapshot-store.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { TapePlace, TapePlan } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import { eventually } from "./eventually.ts";
import { seededRandom } from "./seeded-random.ts";

export interface FoldedRegionOptions {
  readonly shard: ShardId;
  readonly self: RegionId;
  readonly log: CommandLog;
  readonly copies: LogCopies;
  readonly plan: TapePlan;
  /** A snapshot every so many commands. */
  readonly snapshotCommands: number;
  readonly finalSeq: () => number;
  /** The real one, whose wall time stands still, if not given. */
  readonly clock?: Clock;
}

/** Journal, snapshots and tables of a Region. */
export function openFoldStores() {
  const file = ":memory:";
  return {
    journal: openSqliteJournal({ file }),
    snapshots: openSqliteSnapshotStore({ file }),
    projections: openSqliteProjections({ file }),
  };
}

export type FoldStores = ReturnType<typeof openFoldStores>;

/** A Region that folds, journals and projects one shard's tape; its wall clock stands still, so that its ticks change nothing. */
export async function startFoldedRegion(options: FoldedRegionOptions, stores: FoldStores) {
  const { shard, self, log, copies, plan, finalSeq } = options;
  const clock = options.clock ?? { ...systemClock(), now: () => 0 };
  const onFailure = (error: unknown) => {
    throw error;
  };
  const tape = new Tape({ shard, self, log, copies }, plan);
  const feed = createLocalOutcomeFeed();
  const counted: TapePlace[] = [];
  const matching = new MatchingService(await recoverFold({ tape, ...stores }), {
    ...stores,
    tape,
    log,
    feed,
    clock,
    random: seededRandom(1),
    snapshotPolicy: {
      commandsMin: options.snapshotCommands,
      commandsMax: options.snapshotCommands,
      intervalMs: Number.MAX_SAFE_INTEGER,
    },
    finalSeq,
    onRecords: (places) => void counted.push(...places),
    onDigest: () => {},
    onFailure,
  });
  await matching.catchUp();
  /** What the feed told, as whoever listens has it. */
  const heard: Outcome[] = [...(await stores.journal.read(0, Number.MAX_SAFE_INTEGER))];
  let rewinds = 0;
  feed.subscribe(
    (outcome) => heard.push(outcome),
    ({ toSeq }) => {
      heard.length = toSeq;
      rewinds++;
    },
  );
  const projector = await startProjector({ ...stores, shard, clock, finalSeq, onFailure });
  matching.run();
  return {
    tape,
    matching,
    heard,
    /** What was said to be durable of the branches that go on. */
    counted,
    rewinds: () => rewinds,
    view: () => rebuildView({ ...stores, shard, clock }),
    /** Resolves when fold and tables have come to where the tape ends. */
    settled: async () => {
      const last = tape.segments.at(-1);
      await eventually(
        () =>
          last !== undefined &&
          matching.place.branch === last.branch &&
          matching.place.position === tape.lastPosition(last) &&
          stores.journal.lastSeq() === matching.seq &&
          stores.projections.stand(shard).branch === matching.place.branch &&
          stores.projections.position(shard) === matching.seq,
      );
    },
    stop: async () => {
      await matching.stop();
      await matching.saveLast();
      projector.stop();
    },
  };
}

export type FoldedRegion = Awaited<ReturnType<typeof startFoldedRegion>>;
