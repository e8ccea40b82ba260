import { ownRecord } from "#services/matching/own-record.ts";
import { currentSpan } from "#services/ownership/lineage.ts";
import { linkSteps } from "#services/ownership/link-steps.ts";
import { Register } from "#services/ownership/register.ts";
import { ShardOwnership } from "#services/ownership/shard-ownership.ts";
import type { TakeoverSteps } from "#services/ownership/takeover-steps.ts";
import type { BranchId, RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Acceptor } from "#shared/ports/acceptor.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { Random } from "#shared/ports/random.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import { appendBranchStart } from "./branch-start.ts";
import type { NodeOwnership, OwnedShard } from "./node-ownership.ts";
import type { Timing } from "./timing.ts";

export interface OwnershipDependencies {
  readonly shard: ShardId;
  /** Begins the first reign. */
  readonly home: RegionId;
  readonly regions: readonly RegionId[];
  readonly node: OwnedShard;
  readonly link: RegionLink;
  readonly acceptor: Acceptor;
  readonly copies: LogCopies;
  /** The Region's own log of the shard. */
  readonly log: CommandLog;
  readonly mintBranch: () => BranchId;
  readonly clock: Clock;
  readonly random: Random;
  readonly timing: Timing;
  readonly maxSpans?: number | undefined;
  readonly onFailure: (error: unknown) => void;
}

/** Ties a shard's ownership to its fold, its logs and its intake. */
export function createOwnership(dependencies: OwnershipDependencies): NodeOwnership {
  const { shard, node, link, copies, log, regions, mintBranch, clock, random, timing, onFailure } =
    dependencies;
  const timeoutMs = timing.linkTimeoutMs;
  const register = new Register({ ...dependencies, timeoutMs });
  const steps: TakeoverSteps = {
    ...linkSteps({
      shard,
      link,
      copies,
      ownLog: log,
      timeoutMs,
      fenceOwn: async (epoch) => {
        await copies.fence(shard, epoch);
        return regions.map((origin) => ({
          origin,
          position: origin === link.self ? log.lastPosition() : copies.lastPosition(shard, origin),
        }));
      },
    }),
    foldThrough: (record, position) => node.cutAt(record, position),
    mintBranch,
    startBranch: (start) => appendBranchStart(log, random, { ...start, provisional: false }),
    epochEnd: () => node.epochEnd(),
  };
  const ownership = new ShardOwnership({
    ...dependencies,
    self: link.self,
    register,
    steps,
    timeoutMs,
    leaseMs: timing.leaseMs,
    lookMs: timing.lookMs,
    mayTry: () => !node.hasOpenFork,
    reign: () => ({ finalSeq: node.watermark.finalSeq, isEnded: node.matching.ended }),
    isFollowing: (epoch) => node.isFollowing(epoch),
    onRecord: (record) => void node.learn(record).catch(onFailure),
    onSure: () => node.lookAgain(),
    onUnsure: () => node.lookAgain(),
    resignation: {
      pauseIntake: async () => node.pauseIntake(),
      resumeIntake: () => node.resumeIntake(),
      appendEpochEnded: (epoch, successor) => {
        const { record } = node;
        if (record === undefined) return Promise.resolve({ ok: false, error: "closed" });
        const { branch } = currentSpan(record);
        return log.append(ownRecord(random, branch, { kind: "EpochEnded", epoch, successor }));
      },
    },
    clock,
  });
  return { ownership, register, steps };
}
