import type { Clock } from "#shared/ports/clock.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";

/** Which experiments disturb the platform now, as those who run them announce. Who ends without a word is forgotten at the time that it had named. */
export class RunningExperiments {
  readonly #clock: Clock;
  /** Until when each may run, monotonic ms; 0 where it has ended. */
  readonly #until = new Map<string, number>();

  constructor(clock: Clock, metrics: Metrics) {
    this.#clock = clock;
    metrics.observe("meridian_experiment_running", () =>
      [...this.#until.keys()].map((experiment) => ({
        value: Number(this.#isRunning(experiment)),
        labels: { experiment },
      })),
    );
  }

  /** It begins, or goes on, and is over after `forMs` at the latest. */
  begin(name: string, forMs: number): void {
    this.#until.set(name, this.#clock.monotonic() + forMs);
  }

  end(name: string): void {
    if (this.#until.has(name)) this.#until.set(name, 0);
  }

  get names(): readonly string[] {
    return [...this.#until.keys()].filter((name) => this.#isRunning(name));
  }

  #isRunning(name: string): boolean {
    return this.#clock.monotonic() < (this.#until.get(name) ?? 0);
  }
}
