import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { LeaseRecord, LeaseTable } from "#shared/ports/lease-table.ts";

export interface LeaseWatchOptions {
  readonly table: Pick<LeaseTable, "read">;
  readonly slot: string;
  /** How long a lease lasts without a beat. */
  readonly leaseMs: number;
  readonly clock: Clock;
  /** Trouble with the table, which is tried again. */
  readonly onTrouble?: (error: unknown) => void;
}

/** A holder beats a few times while its lease lasts; so often it is looked. */
const LOOKS_A_LEASE = 4;

/** Whether somebody holds a slot, for who does not want it: as others see it, a little late. */
export class LeaseWatch {
  readonly #options: LeaseWatchOptions;
  #seen: LeaseRecord | undefined;
  #since = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: LeaseWatchOptions) {
    this.#options = options;
  }

  get isHeld(): boolean {
    const { clock, leaseMs } = this.#options;
    const isOwned = this.#seen !== undefined && this.#seen.holder !== "";
    return isOwned && clock.monotonic() - this.#since <= leaseMs;
  }

  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #look(): Promise<void> {
    const { table, slot, clock, leaseMs, onTrouble } = this.#options;
    try {
      const record = await table.read(slot);
      if (record?.holder !== this.#seen?.holder || record?.beat !== this.#seen?.beat) {
        this.#since = clock.monotonic();
        this.#seen = record;
      }
    } catch (error) {
      onTrouble?.(error);
    }
    if (!this.#isStopped) this.#timer = clock.schedule(leaseMs / LOOKS_A_LEASE, () => void this.#look());
  }
}
