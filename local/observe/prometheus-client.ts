import { OperatingError } from "#shared/ports/operating-error.ts";

/** A series, and its value now. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A series over a time: epoch seconds and values. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, number])[];
}

/** An alert that fires, or will if its condition goes on. */
export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: "firing" | "pending";
  /** RFC 3339: since when its condition holds. */
  readonly activeAt: string;
}

/** A time to ask about, epoch seconds. */
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
}

/** Prometheus did not answer, or refused a query. */
export class QueryFailed extends OperatingError {
  override readonly name = "QueryFailed";
}

const TIMEOUT_MS = 10_000;

/** Asks a Prometheus over its HTTP API; it can only read. All methods throw `QueryFailed`. */
export class PrometheusClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async query(expr: string): Promise<readonly Sample[]> {
    const { result } = await this.#get<{ result: { metric: Sample["metric"]; value: [number, string] }[] }>(
      "query",
      { query: expr },
    );
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  /** Values that are no number (NaN, infinite) are left out. */
  async queryRange(expr: string, { from, to, stepSeconds }: Range): Promise<readonly Series[]> {
    const { result } = await this.#get<{
      result: { metric: Series["metric"]; values: [number, string][] }[];
    }>("query_range", { query: expr, start: `${from}`, end: `${to}`, step: `${stepSeconds}` });
    return result.map(({ metric, values }) => ({
      metric,
      values: values
        .map(([at, value]) => [at, Number(value)] as const)
        .filter(([, value]) => Number.isFinite(value)),
    }));
  }

  async alerts(): Promise<readonly ActiveAlert[]> {
    return (await this.#get<{ alerts: ActiveAlert[] }>("alerts", {})).alerts;
  }

  async #get<T>(path: string, parameters: Record<string, string>): Promise<T> {
    const url = `${this.#url}/api/v1/${path}?${new URLSearchParams(parameters)}`;
    let answer: { readonly status: string; readonly error?: string; readonly data: T };
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      answer = (await response.json()) as typeof answer;
    } catch (error) {
      throw new QueryFailed(`Prometheus does not answer (${(error as Error).message})`);
    }
    if (answer.status !== "success") throw new QueryFailed(answer.error ?? answer.status);
    return answer.data;
  }
}
