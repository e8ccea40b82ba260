import type { CounterName, GaugeName, HistogramName } from "#shared/telemetry/metric-catalogue.ts";
import type { Variable } from "./variables.ts";

/** Recorded by the Node runtime's instrumentation, by Prometheus itself, and by our recording rules. */
type OtherSeries =
  | "nodejs_eventloop_delay_p99"
  | "nodejs_eventloop_utilization"
  | "v8js_memory_heap_used"
  | "v8js_gc_duration_sum"
  | "up"
  | "scrape_samples_scraped"
  | `meridian:slo_${string}`;

/** A series, narrowed to what the dashboard's variables choose. */
export function series(
  name: CounterName | GaugeName | `${HistogramName}_${"bucket" | "count" | "sum"}` | OtherSeries,
  by: readonly Variable[] = ["region"],
  ...matchers: readonly string[]
): string {
  const chosen = by.map((variable) => `${variable}=~"$${variable}"`);
  return `${name}{${[...chosen, ...matchers].join(",")}}`;
}

/** How fast a counter rises, a second, summed by labels. */
export function ratePer(labels: string, counter: string): string {
  return `sum by (${labels}) (rate(${counter}[$__rate_interval]))`;
}

/** A quantile of a histogram over the labels. */
export function quantile(q: number, labels: string, buckets: string): string {
  return `histogram_quantile(${q}, sum by (le, ${labels}) (rate(${buckets}[$__rate_interval])))`;
}
