import type { OwnershipRecord } from "#shared/domain/lineage.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Register } from "./register.ts";

export interface RecordWatchOptions {
  readonly register: Register;
  readonly clock: Clock;
  /** How long nothing may have been heard of the record before the register is looked at again. */
  readonly everyMs: () => number;
}

/** Looks at the register again and again, where nothing is heard of the record some other way, and tells of every newer one. */
export class RecordWatch {
  readonly #options: RecordWatchOptions;
  readonly #listeners = new Set<(record: OwnershipRecord) => void>();
  #record: OwnershipRecord | undefined;
  #changedAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #hasLooked = false;
  #timer: Timer | undefined;
  #isRunning = false;

  constructor(options: RecordWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#isRunning = true;
    void this.#lookAndGoOn();
  }

  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
  }

  /** The newest record seen. */
  get record(): OwnershipRecord | undefined {
    return this.#record;
  }

  /** The register has answered, and it held nothing. */
  get isBlank(): boolean {
    return this.#hasLooked && this.#record === undefined;
  }

  /** How long, by the own monotonic clock, the record has been seen as it is. */
  unchangedForMs(): number {
    return this.#options.clock.monotonic() - this.#changedAt;
  }

  /** Calls back with every newer record from now on. Returns how to end it. */
  onRecord(listener: (record: OwnershipRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A record that came from the register some other way. Older ones are ignored: `renewal` grows with every change. */
  note(record: OwnershipRecord): void {
    if (this.#record !== undefined && record.renewal <= this.#record.renewal) return;
    this.#record = record;
    this.#changedAt = this.#options.clock.monotonic();
    for (const listener of [...this.#listeners]) listener(record);
  }

  /** Looks now. True if the register answered. */
  async look(): Promise<boolean> {
    const result = await this.#options.register.read();
    if (!result.ok) return false;
    this.#hasLooked = true;
    if (result.record !== undefined) this.note(result.record);
    return true;
  }

  async #lookAndGoOn(): Promise<void> {
    if (this.#dueInMs() <= 0) {
      await this.look();
      this.#lookedAt = this.#options.clock.monotonic();
    }
    if (!this.#isRunning) return;
    // At the least 1: a timer may come a little early by the monotonic clock.
    const delayMs = Math.max(1, this.#dueInMs());
    this.#timer = this.#options.clock.schedule(delayMs, () => void this.#lookAndGoOn());
  }

  #dueInMs(): number {
    const { clock, everyMs } = this.#options;
    return Math.max(this.#changedAt, this.#lookedAt) + everyMs() - clock.monotonic();
  }
}
