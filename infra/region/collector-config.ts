import type { MetricName } from "#shared/telemetry/metric-catalogue.ts";

export interface CollectorSettings {
  /** The Region that it runs in. */
  readonly region: string;
  /** The Region of the managed Prometheus. */
  readonly metricsRegion: string;
  /** Where Prometheus takes remote writes. */
  readonly writeUrl: string;
  /** Of the task's service; the metrics in it become CloudWatch's. */
  readonly logGroup: string;
}

/** Components in the collector's own words: by name, with what is set of them. */
type Components = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
interface Pipeline {
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}
export interface CollectorConfig {
  readonly extensions: Components;
  readonly receivers: Components;
  readonly processors: Components;
  readonly exporters: Components;
  readonly service: {
    readonly extensions: readonly string[];
    readonly pipelines: Readonly<Record<string, Pipeline>>;
  };
}

/**
 * What CloudWatch is told too: the signals of which one too many is an incident. They are seen there also while Prometheus, or the way to its Region, is lost. Few: CloudWatch
 * charges by the metric.
 */
export const CLOUDWATCH_METRICS: readonly MetricName[] = [
  "meridian_shard_owned",
  "meridian_conservation_residual",
  "meridian_tape_divergences_total",
  "meridian_undecodable_total",
];

/** What traces are searched by in X-Ray. */
const INDEXED = ["meridian.shard", "meridian.seq", "meridian.kept", "meridian.code", "http.route"];

/** Of the task, once it is known which: two tasks of a service must not write one series. */
const NOISE = [
  "aws.ecs.cluster.arn",
  "aws.ecs.launchtype",
  "aws.ecs.task.revision",
  "cloud.platform",
  "cloud.provider",
  "cloud.account.id",
];

/**
 * The collector beside a service (AWS's distribution of OpenTelemetry's): traces to X-Ray, metrics to the managed Prometheus, the few of an incident to CloudWatch. Lines of the
 * log go another way, to OpenSearch by the log router: the distribution has no exporter for it.
 */
export function collectorConfig({
  region,
  metricsRegion,
  writeUrl,
  logGroup,
}: CollectorSettings): CollectorConfig {
  return {
    extensions: {
      health_check: {},
      sigv4auth: { region: metricsRegion, service: "aps" },
    },
    receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:4318" } } } },
    processors: {
      memory_limiter: { check_interval: "1s", limit_mib: 96 },
      resourcedetection: { detectors: ["ecs"], timeout: "2s", override: false },
      resource: {
        attributes: [
          { key: "service.instance.id", from_attribute: "aws.ecs.task.arn", action: "insert" },
          ...NOISE.map((key) => ({ key, action: "delete" })),
        ],
      },
      "filter/incidents": {
        metrics: { include: { match_type: "strict", metric_names: CLOUDWATCH_METRICS } },
      },
      batch: { timeout: "5s" },
    },
    exporters: {
      awsxray: { region, indexed_attributes: INDEXED },
      prometheusremotewrite: {
        endpoint: writeUrl,
        auth: { authenticator: "sigv4auth" },
        // The catalogue's names are those that dashboards and alerts ask for: a gauge without a unit must not become a `_ratio`.
        add_metric_suffixes: false,
        resource_to_telemetry_conversion: { enabled: true },
      },
      awsemf: {
        region,
        namespace: "Meridian",
        log_group_name: logGroup,
        log_stream_name: "metrics/{TaskId}",
        dimension_rollup_option: "NoDimensionRollup",
        resource_to_telemetry_conversion: { enabled: true },
        metric_declarations: [
          {
            dimensions: [
              ["region", "shard"],
              ["region", "shard", "asset"],
            ],
            metric_name_selectors: CLOUDWATCH_METRICS.map((name) => `^${name}$`),
          },
        ],
      },
    },
    service: {
      extensions: ["health_check", "sigv4auth"],
      pipelines: {
        traces: {
          receivers: ["otlp"],
          processors: ["memory_limiter", "resourcedetection", "resource", "batch"],
          exporters: ["awsxray"],
        },
        metrics: {
          receivers: ["otlp"],
          processors: ["memory_limiter", "resourcedetection", "resource", "batch"],
          exporters: ["prometheusremotewrite"],
        },
        "metrics/incidents": {
          receivers: ["otlp"],
          processors: ["memory_limiter", "resourcedetection", "filter/incidents", "batch"],
          exporters: ["awsemf"],
        },
      },
    },
  };
}
