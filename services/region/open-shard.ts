import type { Matching } from "#services/matching/matching.ts";
import type { MatchingDependencies } from "#services/matching/matching-service.ts";
import { type Recovered, recoverFold } from "#services/matching/recover.ts";
import type { SnapshotPolicy } from "#services/matching/snapshot-policy.ts";
import { OwnLog } from "#services/reconciliation/own-log.ts";
import { DigestExchange, type Divergence } from "#services/replication/digest-exchange.ts";
import { Tape } from "#services/replication/tape.ts";
import { FinalityWatermark } from "#services/replication/watermark.ts";
import type { Definitions } from "#shared/config/definitions.ts";
import type { BranchId, RegionId, ShardId } from "#shared/domain/ids.ts";
import type { ForkSpan, OwnershipRecord } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { KnownOwnership } from "#shared/ports/known-ownership.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { OutcomeSink } from "#shared/ports/outcome-feed.ts";
import type { Random } from "#shared/ports/random.ts";
import type { ReconciliationStore } from "#shared/ports/reconciliation-store.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { Tracing } from "#shared/telemetry/tracing.ts";
import { planShard } from "./plan-shard.ts";
import type { ShardStores } from "./region-stores.ts";
import type { KeptShard } from "./standby-shard.ts";
import type { Timing } from "./timing.ts";

export type CreateMatching = (recovered: Recovered, dependencies: MatchingDependencies) => Matching;

export interface ShardNodeDependencies {
  readonly shard: ShardId;
  readonly regions: readonly RegionId[];
  readonly definitions: Definitions;
  readonly link: RegionLink;
  readonly stores: ShardStores;
  readonly copies: LogCopies;
  readonly known: KnownOwnership;
  readonly reconciliations: ReconciliationStore;
  readonly feed: OutcomeSink;
  readonly mintBranch: () => BranchId;
  readonly clock: Clock;
  readonly random: Random;
  readonly timing: Timing;
  /** How many commands of a fork are on their way to the owner at a time; as the reconciler has it where nothing is said. */
  readonly replayWindow?: number | undefined;
  readonly snapshotPolicy: SnapshotPolicy;
  /** What this task had of the shard while it stood by. */
  readonly kept?: KeptShard | undefined;
  /** Told of the fold that a shard goes on with. */
  readonly onRecovered?: ((recovered: Recovered) => void) | undefined;
  /** The fold in this process, or zones of its own. */
  readonly createMatching: CreateMatching;
  readonly onFailure: (error: unknown) => void;
  readonly onDivergence: (divergence: Divergence) => void;
  readonly tracing?: Tracing | undefined;
}

/** What a node is made of. */
export interface OpenedShard {
  readonly tape: Tape;
  readonly watermark: FinalityWatermark;
  readonly digests: DigestExchange;
  readonly matching: Matching;
  readonly record: OwnershipRecord | undefined;
  readonly fork: ForkSpan | undefined;
}

/** Brings the fold to the end of what is here. Nothing is published yet. */
export async function openShard(dependencies: ShardNodeDependencies): Promise<OpenedShard> {
  const { shard, link, stores, copies, known, reconciliations, feed, clock, random } = dependencies;
  const { kept } = dependencies;
  const record = known.record(shard);
  const own = kept?.own ?? new OwnLog(reconciliations.bookmark(shard));
  const plan = await planShard(shard, record, stores, own);
  const tape = new Tape({ shard, self: link.self, log: stores.log, copies }, plan);
  const watermark = new FinalityWatermark({ ...dependencies, ...stores, tape });
  const digests = new DigestExchange(dependencies.onDivergence);
  const recovered = await recoverFold({ tape, ...stores, held: kept?.held });
  dependencies.onRecovered?.(recovered);
  const matching = dependencies.createMatching(recovered, {
    tape,
    ...stores,
    feed,
    clock,
    random,
    snapshotPolicy: dependencies.snapshotPolicy,
    quietMs: dependencies.timing.quietMs,
    finalSeq: () => watermark.finalSeq,
    onRecords: (places) => watermark.noteRecords(places),
    onDigest: (digest) => digests.note(digest),
    onFailure: dependencies.onFailure,
    tracing: dependencies.tracing,
  });
  await matching.catchUp();
  return { tape, watermark, digests, matching, record, fork: plan.fork };
}
