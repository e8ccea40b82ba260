import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { LeaseRecord, LeaseTable } from "#shared/ports/lease-table.ts";

export interface SlotLeaseOptions {
  readonly table: LeaseTable;
  /** Of which one is wanted: the first free one is taken. */
  readonly slots: readonly string[];
  /** This task, by a name that no other has. */
  readonly holder: string;
  readonly clock: Clock;
  /** How long a lease lasts without a beat. */
  readonly leaseMs: number;
  /** How often it is renewed. */
  readonly beatMs: number;
  /** How often who waits looks; as often as it would renew where nothing is said. */
  readonly lookMs?: number;
  /** Told of trouble with the table, which is tried again. */
  readonly onTrouble?: (error: unknown) => void;
}

/** A record as it was seen last, and since when. */
interface Seen {
  readonly record: LeaseRecord | undefined;
  readonly since: number;
}

/**
 * Which of some fixed slots this task may have: a stream's consumer (two tasks on one steal each other's subscription), who publishes a Region's fold, a gateway's outbox. The holder counts from before its renewal was
 * sent, the others from after they saw it, each by its own monotonic clock: so they never overlap, whatever the clocks show.
 */
export class SlotLease {
  readonly #options: SlotLeaseOptions;
  readonly #seen = new Map<string, Seen>();
  #slot: string | undefined;
  #record: LeaseRecord | undefined;
  #heldUntil = Number.NEGATIVE_INFINITY;
  #isTaken = false;
  #tookFrom: string | undefined;
  #timer: Timer | undefined;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: SlotLeaseOptions) {
    this.#options = options;
  }

  /** The slot that this task holds now. */
  get held(): string | undefined {
    return this.#options.clock.monotonic() < this.#heldUntil ? this.#slot : undefined;
  }

  /** Somebody else has the slot that this task had: it was silent for longer than the lease lasts, and was seen to be. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  /** Whose silence gave this task the slot; `undefined` where it was free. */
  get tookFrom(): string | undefined {
    return this.#tookFrom;
  }

  /** Begins to look for a slot, and to renew the one that it gets. */
  start(): void {
    this.#running ??= this.#beat();
  }

  /** Gives the slot back. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
    const [slot, record] = [this.held, this.#record];
    this.#heldUntil = Number.NEGATIVE_INFINITY;
    if (slot === undefined || record === undefined) return;
    const free = { holder: "", beat: record.beat + 1 };
    await this.#options.table.swap(slot, record, free).catch((error) => this.#options.onTrouble?.(error));
  }

  async #beat(): Promise<void> {
    try {
      if (this.held === undefined) await this.#look();
      else await this.#renew();
    } catch (error) {
      this.#options.onTrouble?.(error);
    }
    if (this.#isStopped) return;
    const { clock, beatMs, lookMs = beatMs } = this.#options;
    this.#timer = clock.schedule(this.held === undefined ? lookMs : beatMs, () => {
      this.#running = this.#beat();
    });
  }

  async #renew(): Promise<void> {
    const [slot, record] = [this.#slot, this.#record];
    if (slot === undefined || record === undefined) return;
    if (await this.#write(slot, record)) return;
    this.#isTaken = true;
    this.#heldUntil = Number.NEGATIVE_INFINITY;
  }

  async #look(): Promise<void> {
    const { slots, table } = this.#options;
    for (const slot of slots) {
      const record = await table.read(slot);
      if (this.#isStopped) return;
      if (slot === this.#slot) this.#isTaken = record?.holder !== this.#options.holder;
      if (!this.#mayTake(slot, record) || !(await this.#write(slot, record))) continue;
      const before = record?.holder ?? "";
      this.#tookFrom = before === "" || before === this.#options.holder ? undefined : before;
      return;
    }
  }

  #mayTake(slot: string, record: LeaseRecord | undefined): boolean {
    const { clock, leaseMs, holder } = this.#options;
    if (record === undefined || record.holder === "" || record.holder === holder) return true;
    const seen = this.#seen.get(slot);
    const now = clock.monotonic();
    if (seen?.record?.holder === record.holder && seen.record.beat === record.beat)
      return now - seen.since > leaseMs;
    this.#seen.set(slot, { record, since: now });
    return false;
  }

  /** Takes or renews a slot; false if it has gone to somebody else. */
  async #write(slot: string, expected: LeaseRecord | undefined): Promise<boolean> {
    const { table, holder, clock, leaseMs } = this.#options;
    const sentAt = clock.monotonic();
    const next = { holder, beat: (expected?.beat ?? 0) + 1 };
    let isWritten: boolean;
    try {
      isWritten = await table.swap(slot, expected, next);
    } catch (error) {
      // It may have been written: what stands there tells.
      const found = await table.read(slot);
      if (found?.holder !== holder || found.beat !== next.beat) throw error;
      isWritten = true;
    }
    if (!isWritten) return false;
    this.#slot = slot;
    this.#isTaken = false;
    this.#record = next;
    this.#heldUntil = sentAt + leaseMs;
    return true;
  }
}
