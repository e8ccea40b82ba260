import type { Metrics } from "#shared/telemetry/metrics.ts";

/** What was counted and recorded, by the metric's name; counters as their sum. */
export interface RecordedMetrics extends Metrics {
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
  values(name: string): readonly number[];
  /** How many values were recorded under these labels. */
  count(name: string, labels: Readonly<Record<string, string>>): number;
  /** What a gauge would tell a scrape now. */
  readings(name: string): readonly { readonly value: number; readonly labels: object }[];
}

/** Metrics that a test reads without a scrape. */
export function recordedMetrics(): RecordedMetrics {
  const taken: { name: string; value: number; labels: Readonly<Record<string, string>> }[] = [];
  const gauges = new Map<string, () => Iterable<{ readonly value: number; readonly labels: object }>>();
  const of = (name: string) => taken.filter((each) => each.name === name);
  const under = (name: string, labels: Readonly<Record<string, string>>) =>
    of(name).filter((each) => Object.entries(labels).every(([label, value]) => each.labels[label] === value));
  return {
    add: (name, labels, by = 1) => void taken.push({ name, value: by, labels }),
    record: (name, value, labels) => void taken.push({ name, value, labels }),
    observe: (name, read) => void gauges.set(name, read),
    readings: (name) => [...(gauges.get(name)?.() ?? [])],
    sum: (name, labels = {}) => under(name, labels).reduce((sum, { value }) => sum + value, 0),
    count: (name, labels) => under(name, labels).length,
    values: (name) => of(name).map(({ value }) => value),
  };
}
