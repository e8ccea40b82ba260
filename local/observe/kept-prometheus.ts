import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { RunningServer } from "../aws-local/run-server.ts";
import { PrometheusClient } from "./prometheus-client.ts";
import { type PrometheusOptions, startPrometheus } from "./start-prometheus.ts";

/** How a Prometheus stands that is kept running. */
export type Standing =
  | { readonly kind: "up"; readonly url: string; readonly client: PrometheusClient }
  | { readonly kind: "starting" }
  | { readonly kind: "down"; readonly reason: string };

const WAIT_FIRST_MS = 1000;
const WAIT_MAX_MS = 30_000;

/** Prometheus, started again after growing waits whenever it ends. What it watches goes on without it. */
export class KeptPrometheus {
  readonly #options: PrometheusOptions;
  readonly #onUp: (port: number) => void;
  readonly #clock: Clock;
  #standing: Standing = { kind: "starting" };
  #server: RunningServer | undefined;
  #retry: Timer | undefined;
  #waitMs = WAIT_FIRST_MS;
  #isStopped = false;
  #starting: Promise<void>;

  constructor(options: PrometheusOptions, onUp: (port: number) => void) {
    this.#options = options;
    this.#onUp = onUp;
    this.#clock = options.clock;
    this.#starting = this.#start();
  }

  get standing(): Standing {
    return this.#standing;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#retry?.cancel();
    await this.#starting;
    await this.#server?.stop();
  }

  async #start(): Promise<void> {
    try {
      const server = await startPrometheus(this.#options);
      this.#server = server;
      this.#standing = { kind: "up", url: server.url, client: new PrometheusClient(server.url) };
      this.#waitMs = WAIT_FIRST_MS;
      this.#onUp(server.port);
      void server.ended.then(() => this.#again("it ended"));
    } catch (error) {
      this.#again((error as Error).message);
    }
  }

  #again(reason: string): void {
    this.#server = undefined;
    this.#standing = { kind: "down", reason };
    if (this.#isStopped) return;
    this.#retry = this.#clock.schedule(this.#waitMs, () => {
      this.#starting = this.#start();
    });
    this.#waitMs = Math.min(WAIT_MAX_MS, this.#waitMs * 2);
  }
}
