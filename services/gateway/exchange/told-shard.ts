import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CommandAppender } from "#shared/ports/command-log.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { OutcomeSource } from "#shared/ports/outcome-feed.ts";
import type { Projections } from "#shared/ports/projections.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { RepairedFeed } from "../feed/repaired-feed.ts";
import type { ToldStates } from "../regions/told-states.ts";
import { LiveView } from "../views/live-view.ts";
import { rebuildView } from "../views/rebuild-view.ts";
import type { GatewayShard } from "./gateway-shard.ts";

export interface ToldShardSources {
  readonly shard: ShardId;
  readonly journal: Journal;
  lookAtJournal(): void;
  readonly snapshots: SnapshotStore;
  readonly projections: Projections;
  /** What is folded, as it is told. */
  readonly told: OutcomeSource;
  readonly states: ToldStates;
  readonly self: RegionId;
  /** Into the logs of all Regions. */
  readonly appenderOf: (region: RegionId) => CommandAppender;
  readonly clock: Clock;
  readonly onGap: () => void;
  readonly onTrouble: (error: unknown) => void;
  readonly onFailure: (error: unknown) => void;
}

/** A shard that another task folds, as a gateway serves it. */
export interface ToldShard extends GatewayShard {
  stop(): void;
}

/** Builds a gateway's view of a shard that another task folds, and follows it. */
export async function openToldShard(sources: ToldShardSources): Promise<ToldShard> {
  const { shard, journal, projections, states, self, appenderOf, onFailure } = sources;
  // Heard from now on: what is published while the view is built is not missed.
  const feed = new RepairedFeed(sources);
  const own = { ...sources, areTablesLate: true };
  const rebuilt = await rebuildView(own);
  const view = new LiveView(rebuilt, feed, own, onFailure, () => states.of(shard)?.unsureAfter ?? undefined);
  feed.run(rebuilt);
  const state = () => states.of(shard);
  return {
    route: states.route(shard),
    log: appenderOf(self),
    remote: { append: (owner, bytes) => appenderOf(owner).append(bytes) },
    journal,
    projections,
    view,
    finality: states.finality(shard),
    isProvisional: () => state()?.isProvisional ?? true,
    unjournaledMs: () => state()?.unjournaledMs ?? 0,
    unjournaledAtOwnerMs: () => state()?.unjournaledAtOwnerMs ?? 0,
    stop: () => feed.stop(),
  };
}
