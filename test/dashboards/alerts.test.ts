import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import type { Alert } from "#dashboards/alerts/alert.ts";
import { ALERTS } from "#dashboards/alerts/alerts.ts";
import { rulesFile } from "#dashboards/alerts/rules-file.ts";
import { SLOS } from "#dashboards/alerts/slos.ts";
import { generatedFiles } from "#dashboards/generated-files.ts";
import { METRICS } from "#shared/telemetry/metric-catalogue.ts";
import { ALERT_CASES } from "./alert-cases.ts";
import { promtool } from "./promtool.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const RULES = join(ROOT, "dashboards/generated/meridian.rules.json");
/** From the Node runtime's instrumentation, and Prometheus' own. */
const FOREIGN = /^(nodejs_eventloop_delay_p99|v8js_memory_heap_used|up)$/;

const firing = (name: string) => `count(ALERTS{alertname="${name}",alertstate="firing"}) or vector(0)`;
const samples = (value: number) => [{ labels: "{}", value }];

describe("the alerts", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "meridian-alerts-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs Prometheus' own rule tests of some alerts, with the recording rules that they read; what it says where they fail. */
  const tested = (alerts: readonly Alert[], tests: readonly object[], evaluationInterval = "1m"): string => {
    const slos = SLOS.filter(({ id }) => alerts.some(({ expr }) => expr.includes(`"${id}"`)));
    const rules = join(folder, "rules.json");
    writeFileSync(rules, JSON.stringify(rulesFile(slos, alerts)));
    const file = join(folder, "tests.json");
    writeFileSync(
      file,
      JSON.stringify({ rule_files: [rules], evaluation_interval: evaluationInterval, tests }),
    );
    const { status, stdout, stderr } = spawnSync(promtool(), ["test", "rules", file], { encoding: "utf8" });
    return status === 0 ? "" : stdout + stderr;
  };
  const named = (name: string) => ALERTS.filter((alert) => alert.name === name);

  it("are generated from the code as they stand; `npm run dashboards` writes them", () => {
    for (const [name, text] of generatedFiles()) {
      expect(readFileSync(join(ROOT, "dashboards/generated", name), "utf8"), name).to.equal(text);
    }
  });

  it("are rules that Prometheus takes", () => {
    const { status, stdout, stderr } = spawnSync(promtool(), ["check", "rules", RULES], { encoding: "utf8" });
    expect(status, stdout + stderr).to.equal(0);
  });

  it("name no metric that nobody records", () => {
    const unknown = ALERTS.flatMap(({ name, expr }) =>
      [...expr.matchAll(/\b(meridian_\w+|nodejs_\w+|v8js_\w+|up)\b(?=[{[) ])/g)]
        .map(([, metric = ""]) => metric.replace(/_(bucket|count|sum)$/, ""))
        .filter((metric) => !Object.hasOwn(METRICS, metric) && !FOREIGN.test(metric))
        .map((metric) => `${name}: ${metric}`),
    );
    expect(unknown).to.deep.equal([]);
  });

  it("have each a test case, and no case is of an alert that is gone", () => {
    const names = ALERTS.map(({ name }) => name).filter((name) => name !== "Watchdog");
    expect(Object.keys(ALERT_CASES)).to.have.members(names);
    expect(new Set(names).size).to.equal(names.length);
  });

  it("are silent where there is no data, but for the watchdog", () => {
    const tests = [
      {
        interval: "1m",
        input_series: [{ series: "nothing_of_meridian", values: "1x60" }],
        promql_expr_test: ALERTS.map(({ name }) => ({
          expr: firing(name),
          eval_time: "50m",
          exp_samples: samples(Number(name === "Watchdog")),
        })),
      },
    ];
    expect(tested(ALERTS, tests)).to.equal("");
  });

  for (const [name, { interval, evaluationInterval, series, quietAt, firesAt, resolvedAt }] of Object.entries(
    ALERT_CASES,
  )) {
    it(`${name} stays silent, fires, and resolves`, () => {
      const check = (eval_time: string, value: number) => ({
        expr: firing(name),
        eval_time,
        exp_samples: samples(value),
      });
      const input_series = Object.entries(series).map(([one, values]) => ({ series: one, values }));
      const promql_expr_test = [check(quietAt, 0), check(firesAt, 1), check(resolvedAt, 0)];
      const tests = [{ interval, input_series, promql_expr_test }];
      expect(tested(named(name), tests, evaluationInterval)).to.equal("");
    });
  }

  it("page of no owner only where nobody owned a shard all the while, not where leases end and begin again", () => {
    const quarters = (pattern: string) => Array.from({ length: 60 }, () => pattern).join(" ");
    const tests = ["0 1 1", "0 0 0"].map((pattern) => ({
      interval: "5s",
      // Every 15 s, when rules are evaluated, both say 0.
      input_series: [
        { series: 'meridian_shard_owned{region="us-east-1",shard="c1"}', values: quarters(pattern) },
      ],
      promql_expr_test: [
        { expr: firing("NoOwner"), eval_time: "10m", exp_samples: samples(Number(pattern === "0 0 0")) },
      ],
    }));
    expect(tested(named("NoOwner"), tests, "15s")).to.equal("");
  });

  it("say nothing of objectives while there is too little traffic to say anything", () => {
    const quiet = 'meridian_order_seconds_count{region="us-east-1",stage="total",owner="here"}';
    const slow = 'meridian_order_seconds_bucket{region="us-east-1",stage="total",owner="here",le="0.25"}';
    const tests = [
      {
        interval: "1m",
        // Three orders an hour, all slow.
        input_series: [
          { series: quiet, values: "0+0.05x300" },
          { series: slow, values: "0x300" },
        ],
        promql_expr_test: [
          { expr: firing("OrderAcknowledgedBurnFast"), eval_time: "4h", exp_samples: samples(0) },
        ],
      },
    ];
    expect(tested(named("OrderAcknowledgedBurnFast"), tests)).to.equal("");
  });

  it("page nobody for a single slow order of a platform that has seen few, but for ten", () => {
    const labels = 'region="us-east-1",stage="total",owner="here"';
    // Twelve orders a minute since a moment ago, of the first of which so many were slow.
    const tests = [1, 12].map((slow) => ({
      interval: "1m",
      input_series: [
        { series: `meridian_order_seconds_count{${labels}}`, values: "0+12x30" },
        { series: `meridian_order_seconds_bucket{${labels},le="0.25"}`, values: `0 ${12 - slow}+12x29` },
      ],
      promql_expr_test: [
        {
          expr: firing("OrderAcknowledgedBurnFast"),
          eval_time: "4m",
          exp_samples: samples(Number(slow >= 10)),
        },
      ],
    }));
    expect(tested(named("OrderAcknowledgedBurnFast"), tests)).to.equal("");
  });

  it("hold an order against the distance to its owner: across an ocean 500 ms are in time, and in the same Region they are not", () => {
    // Two orders a second, all of them done within `seconds`.
    const all = (owner: "here" | "elsewhere", seconds: number) => {
      const labels = `region="us-east-1",shard="crypto-1",stage="total",owner="${owner}"`;
      return [
        { series: `meridian_order_seconds_count{${labels}}`, values: "0+120x120" },
        ...[0.25, 0.5].map((le) => ({
          series: `meridian_order_seconds_bucket{${labels},le="${le}"}`,
          values: seconds <= le ? "0+120x120" : "0x120",
        })),
      ];
    };
    const cases = [
      { input_series: [...all("here", 0.25), ...all("elsewhere", 0.5)], fires: 0 },
      // A Region that owns nothing, and one that owns all.
      { input_series: all("elsewhere", 0.5), fires: 0 },
      { input_series: all("here", 0.25), fires: 0 },
      { input_series: [...all("here", 0.5), ...all("elsewhere", 0.5)], fires: 1 },
      { input_series: [...all("here", 0.25), ...all("elsewhere", 1)], fires: 1 },
      { input_series: all("elsewhere", 1), fires: 1 },
    ];
    const tests = cases.map(({ input_series, fires }) => ({
      interval: "1m",
      input_series,
      promql_expr_test: [
        { expr: firing("OrderAcknowledgedBurnFast"), eval_time: "1h30m", exp_samples: samples(fires) },
      ],
    }));
    expect(tested(named("OrderAcknowledgedBurnFast"), tests)).to.equal("");
  });
});
