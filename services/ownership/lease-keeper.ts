import type { RegionId } from "#shared/domain/ids.ts";
import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import { currentSpan, epochOf } from "./lineage.ts";
import type { Register } from "./register.ts";

/** How far the owner's branch has come, as the owner knows it. */
export interface Reign {
  /** Of the finality watermark: the last seq of the branch that a majority of Regions holds. Ticks count, so it moves while all is well. */
  readonly finalSeq: number;
  /** *EpochEnded* was folded, or is being appended: the reign is over, only the successor is missing. */
  readonly isEnded: boolean;
}

export interface LeaseKeeperOptions {
  readonly register: Register;
  readonly clock: Clock;
  readonly self: RegionId;
  /** The own reign. */
  readonly epoch: number;
  readonly leaseMs: number;
  reign(): Reign;
  /** The lease is good from now on. Never called twice in a row. */
  onSure(): void;
  /** It cannot be relied on any more, though it may become good again: everything is provisional. */
  onUnsure(): void;
  /** Every record that a renewal brought, also the one that shows that the reign is over. */
  onRecord(record: OwnershipRecord): void;
}

/** Share of the lease that the owner relies on, and of the lease after which a candidate acts: the gap is for clocks that run at different rates. */
export const OWNER_SHARE = 0.8;
export const CANDIDATE_SHARE = 1.5;

const RENEWALS_PER_LEASE = 3;
/** While a renewal is due and the watermark stands still, it is looked at so often in a lease. */
const LOOKS_PER_LEASE = 60;

/**
 * The owner's side of the lease (architecture, section 5): renews it three times a lease, but only while its watermark advances, so an owner that makes nothing
 * final loses it. Nothing that is safe depends on it: it decides who tries, and what is labelled provisional.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  #sureUntil = Number.NEGATIVE_INFINITY;
  #wasSure = false;
  #isOver = false;
  #renewedSeq: number;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #expiry: Timer | undefined;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#renewedSeq = options.reign().finalSeq;
  }

  /** `takenAt`: monotonic ms from before the epoch was taken by this very process, which counts as a renewal; without it the first renewal makes it sure. */
  start(takenAt?: number): void {
    if (takenAt !== undefined) {
      this.#renewedAt = takenAt;
      this.#extend(takenAt);
    }
    void this.#goOn();
  }

  /** For good: the reign ends, or the process does. No longer sure from this moment. */
  stop(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#expire();
  }

  /** No other Region can have taken the shard over by its clock. */
  isSure(): boolean {
    return !this.#isOver && this.#options.clock.monotonic() < this.#sureUntil;
  }

  /** Since the last renewal that was heard of was sent; `undefined` before the first and after the last. */
  get ageMs(): number | undefined {
    const ageMs = this.#options.clock.monotonic() - this.#renewedAt;
    return this.#isOver || !Number.isFinite(ageMs) ? undefined : ageMs;
  }

  async #goOn(): Promise<void> {
    const { clock, leaseMs, reign } = this.#options;
    const { finalSeq, isEnded } = reign();
    if (this.#dueInMs() <= 0 && !isEnded && finalSeq > this.#renewedSeq) await this.#renew(finalSeq);
    if (this.#isOver) return;
    // Until a renewal is due there is nothing to look at.
    const delayMs = Math.max(leaseMs / LOOKS_PER_LEASE, this.#dueInMs());
    this.#timer = clock.schedule(delayMs, () => void this.#goOn());
  }

  /** Ms until the next renewal is due. */
  #dueInMs(): number {
    const { clock, leaseMs } = this.#options;
    return this.#renewedAt + leaseMs / RENEWALS_PER_LEASE - clock.monotonic();
  }

  async #renew(finalSeq: number): Promise<void> {
    const { register, clock, onRecord } = this.#options;
    const sentAt = clock.monotonic();
    const result = await register.change((record) =>
      record !== undefined && this.#isMine(record) ? { ...record, renewal: record.renewal + 1 } : undefined,
    );
    if (this.#isOver) return;
    if (!result.ok) return; // Also if it is ambiguous: what was not heard of extends nothing.
    if (result.record !== undefined && this.#isMine(result.record)) {
      this.#renewedSeq = finalSeq;
      this.#renewedAt = sentAt;
      this.#extend(sentAt);
    } else this.stop();
    if (result.record !== undefined) onRecord(result.record);
  }

  #isMine(record: OwnershipRecord): boolean {
    return epochOf(record) === this.#options.epoch && currentSpan(record).owner === this.#options.self;
  }

  #extend(sentAt: number): void {
    const { clock, leaseMs, onSure } = this.#options;
    this.#sureUntil = Math.max(this.#sureUntil, sentAt + leaseMs * OWNER_SHARE);
    if (!this.isSure()) return;
    this.#expiry?.cancel();
    this.#expiry = clock.schedule(this.#sureUntil - clock.monotonic(), () => this.#lapse());
    if (!this.#wasSure) {
      this.#wasSure = true;
      onSure();
    }
  }

  /** The timer may come a little early by the monotonic clock. */
  #lapse(): void {
    if (this.isSure())
      this.#expiry = this.#options.clock.schedule(
        Math.max(1, this.#sureUntil - this.#options.clock.monotonic()),
        () => this.#lapse(),
      );
    else this.#expire();
  }

  #expire(): void {
    this.#expiry?.cancel();
    if (!this.#wasSure) return;
    this.#wasSure = false;
    this.#options.onUnsure();
  }
}
