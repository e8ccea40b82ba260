import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { PrometheusClient } from "../observe/prometheus-client.ts";

/** When an alert was first seen to wait, to fire, and to be silent again; monotonic ms. */
export interface AlertTimes {
  readonly name: string;
  readonly severity: string;
  /** It fired when the watch began. */
  readonly firedBefore: boolean;
  readonly pendingAt: number | undefined;
  readonly firedAt: number | undefined;
  /** `undefined` while it fires. */
  readonly silentAt: number | undefined;
}

type Times = { -readonly [K in keyof AlertTimes]: AlertTimes[K] };

const EVERY_MS = 500;

/** Asks Prometheus again and again which alerts fire. A question without an answer is asked again. */
export class AlertWatch {
  readonly #client: PrometheusClient;
  readonly #clock: Clock;
  readonly #alerts = new Map<string, Times>();
  #isFirst = true;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(client: PrometheusClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    void this.#look();
  }

  /** What it has seen so far, by name. The watchdog is left out. */
  get alerts(): readonly AlertTimes[] {
    return [...this.#alerts.values()].map((each) => ({ ...each }));
  }

  /** Names of those that fire now. */
  get firing(): readonly string[] {
    return this.alerts
      .filter(
        ({ firedBefore, firedAt, silentAt }) =>
          (firedBefore || firedAt !== undefined) && silentAt === undefined,
      )
      .map(({ name }) => name);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #look(): Promise<void> {
    const active = await this.#client.alerts().catch(() => undefined);
    if (this.#isStopped) return;
    if (active !== undefined) this.#take(active);
    this.#timer = this.#clock.schedule(EVERY_MS, () => void this.#look());
  }

  #take(active: Awaited<ReturnType<PrometheusClient["alerts"]>>): void {
    const at = this.#clock.monotonic();
    const firing = new Set<string>();
    for (const { labels, state } of active) {
      const { alertname: name = "", severity = "" } = labels;
      if (severity === "none") continue;
      const known: Times = this.#alerts.get(name) ?? {
        ...{ name, severity, firedBefore: this.#isFirst && state === "firing" },
        ...{ pendingAt: undefined, firedAt: undefined, silentAt: undefined },
      };
      this.#alerts.set(name, known);
      if (state === "pending") known.pendingAt ??= at;
      if (state !== "firing") continue;
      firing.add(name);
      if (!known.firedBefore || known.silentAt !== undefined) known.firedAt ??= at;
      known.silentAt = undefined;
    }
    for (const known of this.#alerts.values()) {
      const hasFired = known.firedBefore || known.firedAt !== undefined;
      if (hasFired && !firing.has(known.name)) known.silentAt ??= at;
    }
    this.#isFirst = false;
  }
}
