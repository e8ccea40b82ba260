import type { RegionId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { RegionLink } from "#shared/ports/region-link.ts";
import { Candidate, type CandidateOptions } from "./candidate.ts";
import { LeaseKeeper, type Reign } from "./lease-keeper.ts";
import { currentSpan } from "./lineage.ts";
import { isReadyToSucceed, type PromotionResult, promote, type ResignationSteps } from "./promotion.ts";
import { RecordWatch } from "./record-watch.ts";
import type { Register } from "./register.ts";
import type { TakenEpoch } from "./take-epoch.ts";

export interface ShardOwnershipOptions extends Omit<CandidateOptions, "watch" | "onTaken" | "register"> {
  readonly register: Register;
  readonly link: RegionLink;
  readonly resignation: Omit<ResignationSteps, "resign">;
  /** How long another Region's answer is waited for. */
  readonly timeoutMs: number;
  /** How far the own branch has come; asked while this Region owns the shard. */
  reign(): Reign;
  /** This Region follows the epoch, and is not far behind. */
  isFollowing(epoch: number): boolean;
  /** Every newer record of the register, once. */
  onRecord(record: OwnershipRecord): void;
  /** As owner: from now on its lease is good. */
  onSure(): void;
  /** As owner, or not any more: everything it accepts is provisional. */
  onUnsure(): void;
}

/** How long nothing is heard of the record before a Region looks at the register, in leases. */
const WATCH_SHARE = 1 / 6;
/** An owner that is sure hears of it by its renewals, which come more often than this. */
const OWNER_WATCH_SHARE = 0.4;
/** How long a planned move waits for the next reign, in leases: longer than the lease and a takeover. */
const CONFIRM_LEASES = 4;

/** One Region's part in the ownership of one shard: it watches the record, keeps the lease while it is the owner, and stands by to take over while it is not. */
export class ShardOwnership {
  readonly #options: ShardOwnershipOptions;
  readonly #watch: RecordWatch;
  readonly #candidate: Candidate;
  #keeper: LeaseKeeper | undefined;
  #keptEpoch = 0;
  #takenAt: number | undefined;

  constructor(options: ShardOwnershipOptions) {
    this.#options = options;
    const { register, clock, leaseMs } = options;
    this.#watch = new RecordWatch({
      register,
      clock,
      everyMs: () => leaseMs * (this.isSure() ? OWNER_WATCH_SHARE : WATCH_SHARE),
    });
    this.#watch.onRecord((record) => this.#take(record));
    this.#candidate = new Candidate({
      ...options,
      watch: this.#watch,
      onTaken: (taken) => this.#noteTaken(taken),
    });
  }

  start(): void {
    this.#watch.start();
    this.#candidate.start();
  }

  stop(): void {
    this.#watch.stop();
    this.#candidate.stop();
    this.#keeper?.stop();
  }

  /** The newest record of the register that this Region has seen. */
  get record(): OwnershipRecord | undefined {
    return this.#watch.record;
  }

  get isOwner(): boolean {
    return this.record !== undefined && currentSpan(this.record).owner === this.#options.self;
  }

  /** This Region is the owner, and its lease is good by its own clock. */
  isSure(): boolean {
    return this.isOwner && (this.#keeper?.isSure() ?? false);
  }

  /** How old its lease is, ms; `undefined` for who is no owner, or has none yet. */
  get leaseAgeMs(): number | undefined {
    return this.isOwner ? this.#keeper?.ageMs : undefined;
  }

  /** The planned move of the shard from here to another Region. */
  promote(to: RegionId): Promise<PromotionResult> {
    const { shard, regions, link, clock, timeoutMs, leaseMs, resignation } = this.#options;
    return promote(
      {
        shard,
        regions,
        link,
        clock,
        timeoutMs,
        watch: this.#watch,
        confirmMs: leaseMs * CONFIRM_LEASES,
        isSure: () => this.isSure(),
        steps: {
          pauseIntake: () => resignation.pauseIntake(),
          resumeIntake: () => resignation.resumeIntake(),
          appendEpochEnded: (epoch, successor) => resignation.appendEpochEnded(epoch, successor),
          resign: () => this.#keeper?.stop(),
        },
      },
      to,
    );
  }

  /** Answers the owner's `ownership.promote`. */
  isReadyToSucceed(epoch: number): boolean {
    const { shard, steps, isFollowing } = this.#options;
    const fencedEpoch = () => steps.fencedEpoch();
    return isReadyToSucceed({ shard, watch: this.#watch, fencedEpoch, isFollowing }, epoch);
  }

  #noteTaken({ record, takenAt }: TakenEpoch): void {
    this.#takenAt = takenAt;
    this.#watch.note(record);
    this.#takenAt = undefined;
  }

  #take(record: OwnershipRecord): void {
    const { epoch, owner } = currentSpan(record);
    if (epoch !== this.#keptEpoch) {
      this.#keeper?.stop();
      this.#keeper = undefined;
      this.#keptEpoch = epoch;
    }
    this.#options.onRecord(record);
    if (owner !== this.#options.self || this.#keeper !== undefined) return;
    const { register, clock, self, reign, onSure, onUnsure } = this.#options;
    this.#keeper = new LeaseKeeper({
      register,
      clock,
      self,
      epoch,
      leaseMs: record.leaseMs,
      reign,
      onSure,
      onUnsure,
      onRecord: (newer) => this.#watch.note(newer),
    });
    this.#keeper.start(this.#takenAt);
  }
}
