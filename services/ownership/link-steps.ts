import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { CommandLog } from "#shared/ports/command-log.ts";
import type { LogCopies } from "#shared/ports/log-copies.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import type { HeldCopy } from "#shared/protocol/link.ts";
import type { TakeoverSteps } from "./takeover-steps.ts";

export interface LinkStepsOptions {
  readonly shard: ShardId;
  readonly link: RegionLink;
  readonly copies: LogCopies;
  readonly ownLog: CommandLog;
  readonly timeoutMs: number;
  /** The own Region's answer to `replica.fence`. */
  fenceOwn(epoch: number): Promise<readonly HeldCopy[]>;
}

export type LinkSteps = Pick<TakeoverSteps, "fence" | "fencedEpoch" | "held" | "copyThrough" | "holdThrough">;

const BATCH = 256;

/** The steps of a takeover that go over the link and end in the copies of logs. */
export function linkSteps(options: LinkStepsOptions): LinkSteps {
  const { shard, link, copies, ownLog, timeoutMs, fenceOwn } = options;
  const held = (origin: RegionId) =>
    origin === link.self ? ownLog.lastPosition() : copies.lastPosition(shard, origin);

  return {
    held,
    fencedEpoch: () => copies.fencedEpoch(shard),
    fence: async (region, epoch) => {
      if (region === link.self) return fenceOwn(epoch);
      const result = await link.request(region, "replica.fence", { shard, epoch }, timeoutMs);
      return result.ok ? result.answer.held : undefined;
    },
    copyThrough: async (from, origin, through) => {
      assert(origin !== link.self, "the own log is no copy");
      for (;;) {
        const after = held(origin);
        if (after >= through) return true;
        const request = { shard, origin, after, limit: BATCH };
        const result = await link.request(from, "replica.read", request, timeoutMs);
        if (!result.ok) return false;
        const wanted = result.answer.records.filter(({ position }) => position <= through);
        if (wanted.length === 0) return false;
        await copies.append(shard, origin, wanted);
      }
    },
    holdThrough: async (region, origin, through) => {
      const result = await link.request(region, "replica.hold", { shard, origin, through }, timeoutMs);
      return result.ok && result.answer.position >= through;
    },
  };
}

/** Lets other Regions ask this one to hold what they hold. */
export function serveHold(link: RegionLink, stepsOf: (shard: ShardId) => LinkSteps): void {
  link.serve("replica.hold", async (from, { shard, origin, through }) => {
    const steps = stepsOf(shard);
    if (origin !== link.self) await steps.copyThrough(from, origin, through);
    return { position: steps.held(origin) };
  });
}
