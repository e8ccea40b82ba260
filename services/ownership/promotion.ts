import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { AppendResult } from "#shared/ports/command-log.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import { currentSpan, epochOf } from "./lineage.ts";
import type { RecordWatch } from "./record-watch.ts";

/** What the owner of a shard does at its own side of a planned move. */
export interface ResignationSteps {
  /** New commands wait, and ticks stop; resolves when what was under way is in the log. */
  pauseIntake(): Promise<void>;
  /** What waits goes on, to whoever owns the shard now. */
  resumeIntake(): void;
  /** Renews the lease no more and is sure no more. */
  resign(): void;
  /** Appends *EpochEnded* of the own branch to the own log. */
  appendEpochEnded(epoch: number, successor: RegionId): Promise<AppendResult>;
}

export interface Promotion {
  readonly shard: ShardId;
  readonly regions: readonly RegionId[];
  readonly link: RegionLink;
  readonly watch: RecordWatch;
  readonly clock: Clock;
  readonly steps: ResignationSteps;
  /** The own lease is good. */
  isSure(): boolean;
  /** How long the other Region's answer is waited for. */
  readonly timeoutMs: number;
  /** How long the successor's reign is waited for. */
  readonly confirmMs: number;
}

/**
 * `not-owner`, `unknown-region`, `already-owner`, `successor-not-ready`: nothing happened. `log-refused`: *EpochEnded* was not appended; this Region stays the owner
 * and renews again. `unconfirmed`: the reign is over, or may be; the next begins with the successor, or with any other Region after the lease has run out.
 */
export type PromotionError =
  | "not-owner"
  | "unknown-region"
  | "already-owner"
  | "successor-not-ready"
  | "log-refused"
  | "unconfirmed";

export type PromotionResult =
  | { readonly ok: true; readonly record: OwnershipRecord }
  | { readonly ok: false; readonly error: PromotionError };

/** While intake waits, the register is looked at this often. */
const LOOK_MS = 50;

/**
 * The planned move, at the owner (architecture, section 5): without loss and without a fork. Intake stops, *EpochEnded* is the last command of the branch, and the
 * successor takes the next epoch when it has folded it and a majority holds it.
 */
export async function promote(promotion: Promotion, to: RegionId): Promise<PromotionResult> {
  const { shard, regions, link, watch, steps, timeoutMs } = promotion;
  const { record } = watch;
  if (!regions.includes(to)) return failure("unknown-region");
  if (record === undefined || currentSpan(record).owner !== link.self || !promotion.isSure())
    return failure("not-owner");
  if (to === link.self) return failure("already-owner");
  const { epoch } = currentSpan(record);
  const ready = await link.request(to, "ownership.promote", { shard, epoch }, timeoutMs);
  if (!ready.ok || !ready.answer.ok) return failure("successor-not-ready");
  if (epochOf(watch.record) !== epoch || !promotion.isSure()) return failure("not-owner");

  await steps.pauseIntake();
  const appended = await steps.appendEpochEnded(epoch, to);
  if (!appended.ok && appended.error !== "unknown") {
    steps.resumeIntake();
    return failure("log-refused");
  }
  steps.resign();
  return untilNext(promotion, epoch);
}

/** Intake goes on with the next epoch, however late it comes. */
function untilNext({ watch, clock, steps, confirmMs }: Promotion, epoch: number): Promise<PromotionResult> {
  const { promise, resolve } = Promise.withResolvers<PromotionResult>();
  const end = watch.onRecord((record) => take(record));
  let isWaiting = true;
  const timer = clock.schedule(confirmMs, () => {
    isWaiting = false;
    resolve(failure("unconfirmed"));
  });
  const lookOften = async () => {
    await watch.look();
    if (isWaiting) clock.schedule(LOOK_MS, () => void lookOften());
  };
  const take = (record: OwnershipRecord | undefined) => {
    if (record === undefined || epochOf(record) <= epoch) return;
    end();
    isWaiting = false;
    timer.cancel();
    steps.resumeIntake();
    resolve({ ok: true, record });
  };
  take(watch.record);
  if (isWaiting) void lookOften();
  return promise;
}

export interface Succession {
  readonly shard: ShardId;
  readonly watch: RecordWatch;
  fencedEpoch(): number;
  /** This Region follows the epoch, and is not far behind. */
  isFollowing(epoch: number): boolean;
}

/** The planned move, at the successor: whether it is ready for it. The taking itself is the candidate's, once it has folded the end of the epoch. */
export function isReadyToSucceed(succession: Succession, epoch: number): boolean {
  const { watch, fencedEpoch, isFollowing } = succession;
  return epochOf(watch.record) === epoch && fencedEpoch() < epoch && isFollowing(epoch);
}

function failure(error: PromotionError): PromotionResult {
  return { ok: false, error };
}
