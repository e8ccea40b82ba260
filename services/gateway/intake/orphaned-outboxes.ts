import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { LeaseRecord, LeaseTable } from "#shared/ports/lease-table.ts";
import type { Outbox } from "#shared/ports/outbox.ts";
import type { OutboxQueue } from "./outbox-queue.ts";

export interface OrphansDependencies {
  /** Every slot that a gateway of the Region may have, this one's too, in the order in which they are taken. */
  readonly slots: readonly string[];
  readonly own: string;
  /** This task, by a name that no other has. */
  readonly holder: string;
  readonly leases: Pick<LeaseTable, "read" | "swap">;
  readonly openOutbox: (slot: string) => Promise<Outbox>;
  readonly queue: OutboxQueue;
  /** Something has come into the queue. */
  readonly onAdopted: (entries: number) => void;
  readonly clock: Clock;
  /** Without a beat for so long a slot is nobody's. */
  readonly leaseMs: number;
  readonly onTrouble: (error: unknown) => void;
}

const LOOK_MS = 5000;
/** Of so many looks one is at every slot; the others are at those that somebody had and at the next one that would be taken. A look at a slot is a read that is paid, and few are ever taken. */
const LOOKS_A_SWEEP = 60;

/**
 * Takes over what gateways that are gone left in their outboxes: orders that wait are sent by whoever is there. A slot is taken for as long as that takes, so no two do it, and none that lives is robbed. What stands in two outboxes after a crash in the middle is
 * sent twice under one id, which is once.
 */
export class OrphanedOutboxes {
  readonly #dependencies: OrphansDependencies;
  /** Each slot's record as it was seen last, and since when, by this task's monotonic clock. */
  readonly #seen = new Map<string, { readonly record: LeaseRecord; readonly since: number }>();
  #looks = 0;
  #timer: Timer | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(dependencies: OrphansDependencies) {
    this.#dependencies = dependencies;
  }

  start(): void {
    this.#running = this.#look();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#running;
  }

  async #look(): Promise<void> {
    const { clock, onTrouble } = this.#dependencies;
    try {
      for (const slot of this.#slotsOfThisLook()) if (!this.#isStopped) await this.#lookAt(slot);
    } catch (error) {
      onTrouble(error);
    }
    if (this.#isStopped) return;
    this.#timer = clock.schedule(LOOK_MS, () => {
      this.#running = this.#look();
    });
  }

  #slotsOfThisLook(): readonly string[] {
    const { slots, own } = this.#dependencies;
    const others = slots.filter((slot) => slot !== own);
    if (this.#looks++ % LOOKS_A_SWEEP === 0) return others;
    // Gateways take the first slot that is free.
    const next = others.find((slot) => !this.#seen.has(slot));
    return others.filter((slot) => slot === next || this.#seen.has(slot));
  }

  async #lookAt(slot: string): Promise<void> {
    const { leases, holder } = this.#dependencies;
    const record = await leases.read(slot);
    if (record === undefined || !this.#isOrphaned(slot, record)) return;
    const outbox = await this.#dependencies.openOutbox(slot);
    try {
      if ((await outbox.entries()).length === 0) return;
      const taken = { holder, beat: record.beat + 1 };
      if (!(await leases.swap(slot, record, taken))) return;
      await this.#adopt(outbox);
      await leases.swap(slot, taken, { holder: "", beat: taken.beat + 1 });
    } finally {
      await outbox.close();
    }
  }

  #isOrphaned(slot: string, record: LeaseRecord): boolean {
    const { clock, leaseMs } = this.#dependencies;
    if (record.holder === "") return true;
    const seen = this.#seen.get(slot);
    const now = clock.monotonic();
    if (seen?.record.holder === record.holder && seen.record.beat === record.beat)
      return now - seen.since > leaseMs;
    this.#seen.set(slot, { record, since: now });
    return false;
  }

  /** First it is here, then it is no longer there. */
  async #adopt(outbox: Outbox): Promise<void> {
    const { queue, onAdopted } = this.#dependencies;
    // Read again: the slot may have been another gateway's until now.
    const entries = await outbox.entries();
    await queue.adopt(entries);
    await outbox.remove(entries.map(({ envelope }) => envelope.commandId));
    onAdopted(entries.length);
  }
}
