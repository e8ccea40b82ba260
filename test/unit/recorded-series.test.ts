import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { METRICS } from "#shared/telemetry/metric-catalogue.ts";
import { RecordedSeries } from "#shared/telemetry/recorded-series.ts";
import { OVERFLOW, SERIES_MAX } from "#shared/telemetry/series.ts";

const ORDERS = "meridian_order_seconds";
const TAKEN = "meridian_submissions_total";
const UNLABELLED = "meridian_spans_exported_total";

const label = fc.constantFrom("a", "b", "a,b", "");
const step = fc.oneof(
  fc.record({ kind: fc.constant("count" as const), shard: label, result: label, by: fc.nat(1000) }),
  fc.record({
    kind: fc.constant("time" as const),
    ...{ shard: label, stage: label },
    // On the bounds too: they are inclusive.
    seconds: fc.oneof(
      fc.constantFrom(0, ...METRICS[ORDERS].buckets),
      fc.double({ min: 0, max: 20, noNaN: true }),
    ),
  }),
  fc.record({ kind: fc.constant("exported" as const), by: fc.nat(1000) }),
);

/** What a metric's series hold, by their labels; times left out. */
function heldIn(metrics: readonly MetricData[]) {
  const series = metrics.flatMap(
    ({ descriptor: { name, description, unit }, dataPointType, aggregationTemporality, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => {
        const of = Object.entries(attributes).sort();
        return [
          JSON.stringify([name, of]),
          { description, unit, dataPointType, aggregationTemporality, value },
        ] as const;
      }),
  );
  return new Map(series);
}

async function collected(recorded: RecordedSeries): Promise<readonly MetricData[]> {
  const { resourceMetrics } = await recorded.collect();
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
}

describe("counters and histograms that are added up where they are recorded", () => {
  it("come to the same as OpenTelemetry's own instruments", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 200 }), async (steps) => {
        const recorded = new RecordedSeries(() => 0);
        const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
        const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e9 });
        const provider = new MeterProvider({ readers: [reader] });
        const meter = provider.getMeter("meridian");
        const described = (name: keyof typeof METRICS) => ({
          unit: METRICS[name].unit,
          description: METRICS[name].help,
        });
        const taken = meter.createCounter(TAKEN, described(TAKEN));
        const exported = meter.createCounter(UNLABELLED, described(UNLABELLED));
        const orders = meter.createHistogram(ORDERS, {
          ...described(ORDERS),
          advice: { explicitBucketBoundaries: [...METRICS[ORDERS].buckets] },
        });
        for (const each of steps) {
          if (each.kind === "count") {
            const labels = { shard: each.shard, result: each.result };
            recorded.add(TAKEN, labels, each.by);
            taken.add(each.by, labels);
          } else if (each.kind === "time") {
            const labels = { shard: each.shard, stage: each.stage, owner: "here" };
            recorded.record(ORDERS, each.seconds, labels);
            orders.record(each.seconds, labels);
          } else {
            recorded.add(UNLABELLED, {}, each.by);
            exported.add(each.by, {});
          }
        }
        const { resourceMetrics } = await reader.collect();
        const own = resourceMetrics.scopeMetrics.filter(({ scope }) => scope.name === "meridian");
        await provider.shutdown();
        expect(heldIn(await collected(recorded))).to.deep.equal(
          heldIn(own.flatMap(({ metrics }) => metrics)),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("are bounded: what comes beyond is counted together, and nothing is lost", async () => {
    const recorded = new RecordedSeries(() => 0);
    for (let at = 0; at < SERIES_MAX + 10; at++) recorded.add(TAKEN, { shard: `s${at}`, result: "done" });
    const points = (await collected(recorded))[0]?.dataPoints ?? [];
    expect(points).to.have.length(SERIES_MAX);
    expect(points.reduce((sum, { value }) => sum + (value as number), 0)).to.equal(SERIES_MAX + 10);
    expect(points.at(-1)?.attributes).to.deep.equal({ shard: OVERFLOW, result: OVERFLOW });
    expect(points.at(-1)?.value).to.equal(11);
  });

  it("only rise", () => {
    const recorded = new RecordedSeries(() => 0);
    expect(() => recorded.add(TAKEN, { shard: "s", result: "done" }, -1)).to.throw("only rises");
    expect(() => recorded.add(TAKEN, { shard: "s", result: "done" }, Number.NaN)).to.throw("only rises");
  });
});
