import { expect } from "chai";
import { describe, it } from "mocha";
import { CLOUDWATCH_METRICS, type CollectorConfig } from "#infra/region/collector-config.ts";
import { METRICS } from "#shared/telemetry/metric-catalogue.ts";
import { resourcesOfType } from "./platforms.ts";

/** What AWS's distribution has of it, as far as it is used here (its README, "Built-in Components"). */
const BUILT_IN = {
  extensions: ["health_check", "sigv4auth"],
  receivers: ["otlp"],
  processors: ["batch", "filter", "memory_limiter", "resource", "resourcedetection"],
  exporters: ["awsemf", "awsxray", "prometheusremotewrite"],
} as const;
const PARTS = Object.keys(BUILT_IN) as (keyof typeof BUILT_IN)[];

interface Container {
  readonly name: string;
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
  readonly firelensConfiguration?: { readonly options: Readonly<Record<string, string>> };
}

describe("the collector and the log router beside every service", function () {
  this.timeout(120_000);

  const containersOf = async (): Promise<Container[][]> =>
    (await resourcesOfType("prod", "aws_ecs_task_definition")).map(
      ({ block }) => JSON.parse(String(block.container_definitions)) as Container[],
    );
  const configs = async (): Promise<CollectorConfig[]> =>
    (await containersOf()).map((containers) => {
      const collector = containers.find(({ name }) => name === "collector");
      const content = collector?.environment?.find(({ name }) => name === "AOT_CONFIG_CONTENT")?.value;
      return JSON.parse(content ?? "{}") as CollectorConfig;
    });

  it("is made of components that the distribution has, and of no other", async () => {
    const all = await configs();
    expect(all.length).to.be.greaterThan(0);
    for (const config of all)
      for (const part of PARTS)
        for (const name of Object.keys(config[part]))
          expect([...BUILT_IN[part]], part).to.include(name.replace(/\/.*$/, ""));
  });

  it("uses everything that it sets, and sets everything that it uses", async () => {
    for (const { service, ...components } of await configs()) {
      const pipelines = Object.values(service.pipelines);
      const used = {
        extensions: service.extensions,
        receivers: pipelines.flatMap(({ receivers }) => receivers),
        processors: pipelines.flatMap(({ processors }) => processors),
        exporters: pipelines.flatMap(({ exporters }) => exporters),
      };
      for (const part of PARTS)
        expect(new Set(used[part]), part).to.deep.equal(new Set(Object.keys(components[part])));
    }
  });

  it("limits its memory first and batches last, whatever passes", async () => {
    for (const { service } of await configs())
      for (const [name, { processors }] of Object.entries(service.pipelines)) {
        expect(processors[0], name).to.equal("memory_limiter");
        expect(processors.at(-1), name).to.equal("batch");
      }
  });

  it("brings traces to X-Ray of its own Region, metrics to Prometheus under the catalogue's names, and incidents to CloudWatch", async () => {
    for (const { service, exporters } of await configs()) {
      const exportersOf = Object.entries(service.pipelines).map(([name, pipeline]) => [
        name,
        pipeline.exporters,
      ]);
      expect(Object.fromEntries(exportersOf)).to.deep.equal({
        traces: ["awsxray"],
        metrics: ["prometheusremotewrite"],
        "metrics/incidents": ["awsemf"],
      });
      expect(exporters.prometheusremotewrite).to.include({ add_metric_suffixes: false });
      expect(exporters.awsxray?.region).to.equal(exporters.awsemf?.region);
    }
    for (const name of CLOUDWATCH_METRICS) expect(METRICS).to.have.property(name);
  });

  it("writes CloudWatch's metrics to the log group that its task may write to", async () => {
    const roles = await resourcesOfType("prod", "aws_iam_role_policy");
    const mayWrite = roles.some(({ block }) => String(block.policy).includes("logs:PutLogEvents"));
    expect(mayWrite).to.equal(true);
    for (const { exporters } of await configs())
      expect(String(exporters.awsemf?.log_group_name)).to.match(/meridian-prod|\$\{/);
  });

  it("takes the lines of the service apart before it sends them", async () => {
    for (const containers of await containersOf()) {
      const router = containers.find(({ firelensConfiguration }) => firelensConfiguration !== undefined);
      expect(router?.firelensConfiguration?.options).to.include({
        "config-file-type": "file",
        "config-file-value": "/fluent-bit/configs/parse-json.conf",
      });
    }
  });
});
