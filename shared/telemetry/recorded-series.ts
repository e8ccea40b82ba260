import type { HrTime } from "@opentelemetry/api";
import {
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type MetricData,
  type MetricProducer,
} from "@opentelemetry/sdk-metrics";
import { InvariantViolation } from "#shared/domain/invariant.ts";
import { collected, described } from "./described.ts";
import { hrTime } from "./hr-time.ts";
import { type CounterName, type HistogramName, METRICS } from "./metric-catalogue.ts";
import type { MetricDefinition } from "./metric-definition.ts";
import type { Metrics } from "./metrics.ts";
import { SeriesOf } from "./series.ts";

interface Count {
  value: number;
}

/** Of a histogram: how many values came to each bucket, the last one without an upper bound. */
interface Distribution {
  readonly counts: number[];
  count: number;
  sum: number;
  min: number;
  max: number;
}

interface CounterState {
  readonly name: CounterName;
  readonly series: SeriesOf<Count>;
}

interface HistogramState {
  readonly name: HistogramName;
  readonly bounds: readonly number[];
  readonly series: SeriesOf<Distribution>;
}

/**
 * Counters and histograms of a process, added up where they are recorded and once for all readers. OpenTelemetry's own instruments do the same for each reader again, and make the labels into a
 * text each time: at some thousand orders a second that alone was more than telemetry may cost.
 */
export class RecordedSeries implements MetricProducer, Pick<Metrics, "add" | "record"> {
  readonly #counters = new Map<CounterName, CounterState>();
  readonly #histograms = new Map<HistogramName, HistogramState>();
  readonly #now: () => number;
  readonly #since: HrTime;

  /** @param now epoch ms */
  constructor(now: () => number) {
    this.#now = now;
    this.#since = hrTime(now());
  }

  add: Metrics["add"] = (name, labels, by = 1) => {
    // What is no number must not spoil a counter for ever; and a counter only rises.
    if (!(by >= 0)) throw new InvariantViolation(`the counter ${name} only rises, not by ${by}`);
    const { series } = this.#counters.get(name) ?? this.#addCounter(name);
    series.at(labels).value += by;
  };

  record: Metrics["record"] = (name, value, labels) => {
    const { series, bounds } = this.#histograms.get(name) ?? this.#addHistogram(name);
    const into = series.at(labels);
    let bucket = 0;
    // Few bounds, and most values are below the first ones.
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
    into.counts[bucket] = (into.counts[bucket] as number) + 1;
    into.count++;
    into.sum += value;
    if (value < into.min) into.min = value;
    if (value > into.max) into.max = value;
  };

  async collect(): Promise<CollectionResult> {
    const endTime = hrTime(this.#now());
    const point = <T>(labels: Readonly<Record<string, string>>, value: T): DataPoint<T> => ({
      startTime: this.#since,
      endTime,
      attributes: labels,
      value,
    });
    const counters = [...this.#counters.values()].map(
      ({ name, series }): MetricData => ({
        ...described(name),
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints: series.all.map((one) => point(one.labels, one.series.value)),
      }),
    );
    const histograms = [...this.#histograms.values()].map(
      ({ name, bounds, series }): MetricData => ({
        ...described(name),
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: series.all.map(({ labels, series: { counts, count, sum, min, max } }) =>
          point(labels, {
            buckets: { boundaries: [...bounds], counts: [...counts] },
            count,
            sum,
            ...(count === 0 ? {} : { min, max }),
          }),
        ),
      }),
    );
    return collected([...counters, ...histograms]);
  }

  #addCounter(name: CounterName): CounterState {
    const state = { name, series: new SeriesOf(METRICS[name].labels, () => ({ value: 0 })) };
    this.#counters.set(name, state);
    return state;
  }

  #addHistogram(name: HistogramName): HistogramState {
    const { labels, buckets: bounds = [] } = METRICS[name] as MetricDefinition;
    const make = (): Distribution => ({
      counts: new Array<number>(bounds.length + 1).fill(0),
      count: 0,
      sum: 0,
      min: Number.POSITIVE_INFINITY,
      max: Number.NEGATIVE_INFINITY,
    });
    const state = { name, bounds, series: new SeriesOf(labels, make) };
    this.#histograms.set(name, state);
    return state;
  }
}
