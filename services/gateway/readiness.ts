import type { Clock } from "#shared/ports/clock.ts";
import type { ReadyReport } from "./identity/health-router.ts";
import type { RegionView } from "./views/region-view.ts";

/** The shard's time advances at least every second, also while nothing happens: older than this, the log or the fold has stopped. */
const FOLD_STOPPED_MS = 10_000;

/** What keeps a gateway from taking orders; the words of `/readyz`. */
export type NotReady = "starting" | "stopping" | "failed" | "fold-stopped";

/** Whether this gateway can take orders: not before its start is done, nor after it failed, nor while a fold that it shows stands still. */
export class Readiness {
  readonly #clock: Clock;
  #shards: readonly Pick<RegionView, "time">[] | undefined;
  #isStopping = false;
  #hasFailed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The start is done; `shards` is what the gateway shows. */
  started(shards: readonly Pick<RegionView, "time">[]): void {
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
    const oldest = this.#clock.now() - FOLD_STOPPED_MS;
    if (this.#shards === undefined) yield "starting";
    else if (this.#shards.some(({ time }) => time < oldest)) yield "fold-stopped";
  }
}
