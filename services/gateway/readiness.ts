import type { Clock } from "#shared/ports/clock.ts";
import type { ReadyReport } from "./identity/health-router.ts";

/** A shard that the gateway shows. */
export interface ShownShard {
  /** How far its fold has come, epoch ms of the exchange's time. */
  readonly time: number;
  /** False while the markets wait for an owner that cannot be reached: that its time stands still is no fault of this Region's. */
  readonly isReached: boolean;
}

/** A shard's time advances at least every second, also while nothing happens: older than this, the log or the fold has stopped. */
const FOLD_STOPPED_MS = 10_000;

/** What keeps a gateway from taking orders; the words of `/readyz`. */
export type NotReady = "starting" | "stopping" | "failed" | "fold-stopped";

/** Whether this gateway can take orders: not before its start is done, nor after it failed, nor while a fold that it shows stands still. A Region that is cut off stays ready while any market goes on in it. */
export class Readiness {
  readonly #clock: Clock;
  readonly #stoppedMs: number;
  #shards: readonly ShownShard[] | undefined;
  #isStopping = false;
  #hasFailed = false;

  /** @param quietMs how long the journal may wait while nothing happens (0): a gateway that begins has heard nothing since it was written, and shows the time that stands there until it is written again */
  constructor(clock: Clock, quietMs = 0) {
    this.#clock = clock;
    this.#stoppedMs = FOLD_STOPPED_MS + quietMs;
  }

  /** The start is done; `shards` is what the gateway shows. */
  started(shards: readonly ShownShard[]): void {
    this.#shards = shards;
  }

  stopping(): void {
    this.#isStopping = true;
  }

  /** An operating error that the Region cannot go on from. */
  failed(): void {
    this.#hasFailed = true;
  }

  report(): ReadyReport {
    const reasons = [...this.#reasons()];
    return { ready: reasons.length === 0, reasons };
  }

  *#reasons(): Generator<NotReady> {
    if (this.#isStopping) yield "stopping";
    if (this.#hasFailed) yield "failed";
    const oldest = this.#clock.now() - this.#stoppedMs;
    if (this.#shards === undefined) yield "starting";
    else if (goingOn(this.#shards).some(({ time }) => time < oldest)) yield "fold-stopped";
  }
}

/** Those whose time should advance; all of them where nothing goes on here any more. */
function goingOn(shards: readonly ShownShard[]): readonly ShownShard[] {
  const reached = shards.filter(({ isReached }) => isReached);
  return reached.length === 0 ? shards : reached;
}
