import type { BalanceCheck } from "#services/ledger/check-balances.ts";
import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { Backlog, EventBus } from "#shared/ports/event-bus.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";

export interface QueueWatchDependencies {
  readonly bus: Pick<EventBus, "backlog">;
  readonly queues: readonly Consumer[];
  readonly checks: () => readonly BalanceCheck[];
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** Counting a long queue takes a moment of the store that the queue is in: not with every scrape. */
const LOOK_MS = 5000;

/** Measures what waits on a Region's event bus, and what the ledger's last check found. */
export class QueueWatch {
  readonly #dependencies: QueueWatchDependencies;
  readonly #backlogs = new Map<Consumer, Backlog>();
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(dependencies: QueueWatchDependencies) {
    this.#dependencies = dependencies;
    const { metrics, checks } = dependencies;
    const each = (read: (backlog: Backlog) => readonly (readonly [value: number, state: string])[]) =>
      [...this.#backlogs].flatMap(([queue, backlog]) =>
        read(backlog).map(([value, state]) => ({ value, labels: { queue, state } })),
      );
    metrics.observe("meridian_queue_messages", () =>
      each(({ waiting, inFlight, dead }) => [
        [waiting, "waiting"],
        [inFlight, "in-flight"],
        [dead, "dead"],
      ]),
    );
    metrics.observe("meridian_queue_oldest_seconds", () =>
      each(({ oldestMs, oldestDeadMs }) => [
        [(oldestMs ?? 0) / 1000, "waiting"],
        [(oldestDeadMs ?? 0) / 1000, "dead"],
      ]),
    );
    metrics.observe("meridian_ledger_difference", () =>
      checks().map(({ shard, difference }) => ({ value: Number(difference), labels: { shard } })),
    );
    void this.#look();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #look(): Promise<void> {
    const { bus, queues, clock } = this.#dependencies;
    for (const queue of queues) {
      if (this.#isStopped) return;
      this.#backlogs.set(queue, await bus.backlog(queue));
    }
    if (!this.#isStopped) this.#timer = clock.schedule(LOOK_MS, () => void this.#look());
  }
}
