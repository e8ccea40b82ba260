import type { IncomingMessage, ServerResponse } from "node:http";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { RuntimeNodeInstrumentation } from "@opentelemetry/instrumentation-runtime-node";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { type IMetricReader, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import type { Metrics } from "./metrics.ts";
import { ObservedGauges } from "./observed-gauges.ts";
import { RecordedSeries } from "./recorded-series.ts";

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
  const series = new RecordedSeries(() => Date.now());
  const gauges = new ObservedGauges(() => Date.now());
  const metricProducers = [series, gauges];
  const prometheus = new PrometheusExporter({
    metricProducers,
    preventServerStart: true,
    withResourceConstantLabels: PROCESS_LABELS,
    withoutScopeInfo: true,
    withoutTargetInfo: true,
  });
  const readers: IMetricReader[] = [prometheus];
  if (otlpUrl !== undefined) {
    const exporter = new OTLPMetricExporter({ url: `${otlpUrl}/v1/metrics` });
    readers.push(
      new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: PUSH_MS, metricProducers }),
    );
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
    metrics: { add: series.add, record: series.record, observe: gauges.observe },
    serve: (request, response) => prometheus.getMetricsRequestHandler(request, response),
    close: async () => {
      runtime.disable();
      await provider.shutdown();
    },
  };
}
