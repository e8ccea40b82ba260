import type { Clock, Timer } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";

/** Work that goes with a lease. */
export interface RunningWork {
  /** When it resolves somebody else may do it. */
  stop(): Promise<void>;
  /** Closes what it stood on; whoever waits for the lease does not wait for this. */
  close?(): Promise<void>;
}

/** What one task of several does, while it holds a lease. */
export interface LedWorkDependencies {
  readonly lease: {
    readonly held: string | undefined;
    readonly isTaken: boolean;
    start(): void;
    stop(): Promise<void>;
  };
  /** Begins the work; it is stopped before the lease is given back. */
  readonly begin: () => Promise<RunningWork>;
  readonly clock: Clock;
  /**
   * For so long, in ms, the work goes on with a lease that could not be renewed while nobody is known to have taken it: for work that two may do for a moment. Without it, it ends with the lease.
   */
  readonly patienceMs?: number;
  readonly onLed?: (isLeading: boolean) => void;
  /** The lease was lost in the middle of the work, or the work did not begin: the task must end. */
  readonly onFailure: (error: unknown) => void;
}

/** Somebody else may do now what this task was doing. */
export class LeaseLost extends OperatingError {
  override readonly name = "LeaseLost";
}

const LOOK_MS = 50;

/** Waits for a lease, does the work that comes with it, and hands both over when it is stopped. */
export class LedWork {
  readonly #dependencies: LedWorkDependencies;
  #work: Promise<RunningWork> | undefined;
  #timer: Timer | undefined;
  #isStopped = false;
  #heldAt = Number.NEGATIVE_INFINITY;

  constructor(dependencies: LedWorkDependencies) {
    this.#dependencies = dependencies;
  }

  get isLeading(): boolean {
    return this.#work !== undefined;
  }

  start(): void {
    this.#dependencies.lease.start();
    this.#look();
  }

  /** The work first, to its end; then whoever waits may have the lease, and the rest is closed. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    const work = await this.#work?.catch(() => undefined);
    await work?.stop();
    await this.#dependencies.lease.stop();
    await work?.close?.();
  }

  #look(): void {
    const { lease, begin, clock, onLed, onFailure, patienceMs = 0 } = this.#dependencies;
    const isHeld = lease.held !== undefined;
    if (isHeld) this.#heldAt = clock.monotonic();
    const isLost = !isHeld && (lease.isTaken || clock.monotonic() - this.#heldAt >= patienceMs);
    if (isHeld && this.#work === undefined) {
      onLed?.(true);
      this.#work = begin();
      this.#work.catch((error: unknown) => {
        if (!this.#isStopped) onFailure(error);
      });
    } else if (isLost && this.#work !== undefined) {
      onFailure(new LeaseLost("Another task has the lease, or may have it."));
      return;
    }
    this.#timer = clock.schedule(LOOK_MS, () => this.#look());
  }
}
