import { ValueType } from "@opentelemetry/api";
import { emptyResource } from "@opentelemetry/resources";
import { AggregationTemporality, type CollectionResult, type MetricData } from "@opentelemetry/sdk-metrics";
import { METRICS, type MetricName } from "./metric-catalogue.ts";

/** What a reader is told of a metric of the catalogue beside its points. */
export function described(name: MetricName) {
  const { unit, help } = METRICS[name];
  return {
    descriptor: { name, description: help, unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
}

/** Metrics as a producer hands them to a reader, which knows whose they are. */
export function collected(metrics: MetricData[], errors: unknown[] = []): CollectionResult {
  return {
    resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope: { name: "meridian" }, metrics }] },
    errors,
  };
}
