import { METRICS } from "#shared/telemetry/metric-catalogue.ts";
import type { MetricDefinition } from "#shared/telemetry/metric-definition.ts";

const HEAD = `# Metrics

Every metric of Meridian, from the catalogue in \`shared/telemetry/metric-catalogue.ts\`; \`npm run metrics\` writes this page.

The supervisor and the processes of Regions and of their zones answer scrapes at \`/metrics\` on loopback, in Prometheus' text format (the edge, the bots and \`--embedded\` do not); with \`OTEL_EXPORTER_OTLP_ENDPOINT\` a Region's process also pushes them over OTLP. Where the processes are now stands in
\`metrics-targets.json\` in the data folder, for Prometheus' \`file_sd_configs\`. Besides its own labels each series carries \`service\` (\`gateway\`, \`matching\`, \`supervisor\`), but for the supervisor \`region\` and, in a matching zone, \`zone\`. Histograms
come as \`_bucket\`, \`_sum\` and \`_count\`. The Node runtime's own metrics (\`nodejs_eventloop_*\`, \`v8js_*\`) come from OpenTelemetry's instrumentation of it.

| metric | kind | unit | labels | meaning |
| --- | --- | --- | --- | --- |
`;

/** docs/metrics.md, from the catalogue. */
export function metricsPage(): string {
  const rows = Object.entries<MetricDefinition>(METRICS).map(([name, { kind, unit, labels, help }]) => {
    const list = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${kind} | \`${unit}\` | ${list} | ${help} |\n`;
  });
  return HEAD + rows.join("");
}
