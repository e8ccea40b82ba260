import type { Clock } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";

export interface GrafanaApiOptions {
  /** `https://g-….grafana-workspace.eu-west-1.amazonaws.com` */
  readonly url: string;
  readonly token: string;
  readonly clock: Clock;
}

/** What Grafana answered. Which refusals are to be looked at, the caller says. */
export interface GrafanaAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Grafana refused, or did not answer. */
export class GrafanaRefused extends OperatingError {
  override readonly name = "GrafanaRefused";
}

const ANSWER_MS = 10_000;
/** A workspace that was made a moment ago may not be found or not be ready yet. */
const TRIES_MAX = 7;
const PAUSE_MS = 500;
const PAUSE_MS_MAX = 8000;

/** Grafana's HTTP API (https://grafana.com/docs/grafana/latest/developers/http_api/), with a bounded number of tries where nobody answers, or only for a passing reason does not. */
export class GrafanaApi {
  readonly #options: GrafanaApiOptions;

  constructor(options: GrafanaApiOptions) {
    this.#options = options;
  }

  /** Asks; answers of 2xx come back, and those of the statuses that are named. Throws `GrafanaRefused`. Every request must be one that may happen twice. */
  async ask(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    { body, also = [] }: { readonly body?: object; readonly also?: readonly number[] } = {},
  ): Promise<GrafanaAnswer> {
    for (let tries = 1; ; tries++) {
      const answer = await this.#once(method, path, body);
      const { status } = answer;
      if (status >= 200 && status < 300) return answer;
      if (also.includes(status)) return answer;
      const mayPass = status === 0 || status === 429 || status >= 500;
      if (!mayPass || tries === TRIES_MAX) throw new GrafanaRefused(refusalText(method, path, answer));
      await this.#pause(Math.min(PAUSE_MS * 2 ** (tries - 1), PAUSE_MS_MAX));
    }
  }

  /** Status 0: nobody answered. */
  async #once(method: string, path: string, body: object | undefined): Promise<GrafanaAnswer> {
    const { url, token } = this.#options;
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      return { status: response.status, body: await response.json().catch(() => undefined) };
    } catch (error) {
      return { status: 0, body: { message: String((error as { cause?: unknown }).cause ?? error) } };
    }
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.#options.clock.schedule(delayMs, resolve));
  }
}

function refusalText(method: string, path: string, { status, body }: GrafanaAnswer): string {
  const { message = "" } = (body ?? {}) as { message?: string };
  return `${method} ${path}: ${status === 0 ? "Grafana does not answer" : `Grafana answered ${status}`} ${message}`.trim();
}
