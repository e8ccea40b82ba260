import type { IncomingMessage, ServerResponse } from "node:http";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { RuntimeNodeInstrumentation } from "@opentelemetry/instrumentation-runtime-node";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { type IMetricReader, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { assert } from "#shared/domain/invariant.ts";
import {
  type CounterName,
  type HistogramName,
  type LabelsOf,
  METRICS,
  type MetricName,
} from "./metric-catalogue.ts";
import type { MetricDefinition } from "./metric-definition.ts";
import type { Metrics } from "./metrics.ts";

export interface MetricsOptions {
  /** `gateway`, `matching`, `edge`, … */
  readonly service: string;
  readonly region?: string;
  readonly zone?: string;
  /** Where a collector takes OTLP over HTTP (OTEL_EXPORTER_OTLP_ENDPOINT); nothing is pushed without one. */
  readonly otlpUrl?: string | undefined;
}

export interface OpenMetrics {
  readonly metrics: Metrics;
  /** Answers a scrape, in Prometheus' text format. */
  serve(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

const PUSH_MS = 15_000;
/** Of the process: each series of a scrape carries them. */
const PROCESS_LABELS = /^(service|region|zone)$/;

/** A process's metrics on OpenTelemetry: the catalogue's, and the runtime's own (event loop, garbage collection, heap). */
export function openMetrics(options: MetricsOptions): OpenMetrics {
  const { service, region, zone, otlpUrl } = options;
  const prometheus = new PrometheusExporter({
    preventServerStart: true,
    withResourceConstantLabels: PROCESS_LABELS,
    withoutScopeInfo: true,
    withoutTargetInfo: true,
  });
  const readers: IMetricReader[] = [prometheus];
  if (otlpUrl !== undefined) {
    const exporter = new OTLPMetricExporter({ url: `${otlpUrl}/v1/metrics` });
    readers.push(new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: PUSH_MS }));
  }
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      "service.name": `meridian-${service}`,
      service,
      ...(region === undefined ? {} : { region, "cloud.region": region }),
      ...(zone === undefined ? {} : { zone, "cloud.availability_zone": zone }),
    }),
    readers,
  });
  const runtime = new RuntimeNodeInstrumentation();
  runtime.setMeterProvider(provider);
  return {
    metrics: fromCatalogue(provider),
    serve: (request, response) => prometheus.getMetricsRequestHandler(request, response),
    close: async () => {
      runtime.disable();
      await provider.shutdown();
    },
  };
}

/** Instruments are made when they are first used, so a process shows what it has and nothing else. */
function fromCatalogue(provider: MeterProvider): Metrics {
  const meter = provider.getMeter("meridian");
  const counter = remembered((name: CounterName) => meter.createCounter(name, describe(name)));
  const histogram = remembered((name: HistogramName) => {
    const { buckets = [] } = METRICS[name] as MetricDefinition;
    return meter.createHistogram(name, {
      ...describe(name),
      advice: { explicitBucketBoundaries: [...buckets] },
    });
  });
  return {
    add: (name, labels, by = 1) => {
      assert(by >= 0, `the counter ${name} only rises`);
      counter(name).add(by, labels);
    },
    record: (name, value, labels) => histogram(name).record(value, labels),
    observe: (name, read) => {
      meter.createObservableGauge(name, describe(name)).addCallback((result) => {
        for (const { value, labels } of read()) result.observe(value, labels as LabelsOf<MetricName>);
      });
    },
  };
}

function remembered<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}

function describe(name: MetricName) {
  const { unit, help } = METRICS[name];
  return { unit, description: help };
}
