import {
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type MetricData,
  type MetricProducer,
} from "@opentelemetry/sdk-metrics";
import { collected, described } from "./described.ts";
import { hrTime } from "./hr-time.ts";
import type { GaugeName } from "./metric-catalogue.ts";
import type { Metrics, Reading } from "./metrics.ts";

type Read = () => Iterable<Reading<GaugeName>>;

/**
 * Gauges of a process, read whenever a reader looks. What is not told then is not shown: OpenTelemetry's own observable gauges go on showing what was told last of a series, so that the lag of a
 * replica that nobody hears any more would look as it did when it was heard.
 */
export class ObservedGauges implements MetricProducer, Pick<Metrics, "observe"> {
  readonly #reads = new Map<GaugeName, Read[]>();
  readonly #now: () => number;

  /** @param now epoch ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  observe: Metrics["observe"] = (name, read) => {
    const reads = this.#reads.get(name);
    if (reads === undefined) this.#reads.set(name, [read]);
    else reads.push(read);
  };

  /** A gauge that cannot be read is left out, and the reader told why. */
  async collect(): Promise<CollectionResult> {
    const at = hrTime(this.#now());
    const metrics: MetricData[] = [];
    const errors: unknown[] = [];
    for (const [name, reads] of this.#reads) {
      const dataPoints: DataPoint<number>[] = [];
      for (const read of reads) {
        try {
          for (const { value, labels } of read())
            dataPoints.push({ startTime: at, endTime: at, attributes: labels, value });
        } catch (cause) {
          errors.push(cause);
        }
      }
      if (dataPoints.length > 0)
        metrics.push({ ...described(name), dataPointType: DataPointType.GAUGE, dataPoints });
    }
    return collected(metrics, errors);
  }
}
