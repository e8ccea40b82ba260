/** Counters only rise; gauges are read when somebody looks; histograms take single values. */
export type MetricKind = "counter" | "gauge" | "histogram";

/** What a metric is, for who records it, who draws it and who is woken by it. */
export interface MetricDefinition {
  readonly kind: MetricKind;
  /** UCUM, as OpenTelemetry writes units: `s`, `By`, `{order}`; `1` for what has none. */
  readonly unit: string;
  /** One sentence; it is the help text of the scrape and the line in docs/metrics.md. */
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, in its unit. */
  readonly buckets?: readonly number[];
}

/** Upper bounds for what a client waits for, seconds. 0.25, 0.3 and 0.5 are bounds of the service level objectives, so they are counted exactly. */
export const LATENCY_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.3, 0.5, 1, 2.5, 5, 10,
] as const;

/** Upper bounds for what takes as long as a partition, seconds. 60 is the objective of reconciliation. */
export const RECOVERY_SECONDS = [0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 900] as const;
