import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { generatedFiles } from "#dashboards/generated-files.ts";
import { alertManager, ruleGroups } from "#infra/observability/metric-alerts.ts";
import { promtool } from "#test/dashboards/promtool.ts";
import { resourcesOfType } from "./platforms.ts";

interface Groups {
  readonly groups: readonly {
    readonly name: string;
    readonly interval: string;
    readonly rules: readonly object[];
  }[];
}

describe("alerts on what services measure", function () {
  this.timeout(120_000);

  it("are the rules that Prometheus has everywhere else, each once, in groups that are not too large", () => {
    const everywhere = JSON.parse(generatedFiles().get("meridian.rules.json") ?? "") as Groups;
    const { groups } = JSON.parse(ruleGroups()) as Groups;
    expect(groups.flatMap(({ rules }) => rules)).to.deep.equal(
      everywhere.groups.flatMap(({ rules }) => rules),
    );
    for (const { name, rules } of groups) expect(rules, name).to.have.lengthOf.within(1, 20);
    expect(new Set(groups.map(({ name }) => name)).size).to.equal(groups.length);
  });

  it("read nothing that is recorded in their own group, so the groups may be parted", () => {
    const { groups } = JSON.parse(ruleGroups()) as Groups;
    for (const { name, rules } of groups) {
      const recorded = rules.flatMap((rule) => ("record" in rule ? [String(rule.record)] : []));
      for (const rule of rules as readonly { readonly expr: string }[])
        for (const one of recorded) expect(rule.expr, name).to.not.include(one);
    }
  });

  it("are taken by Prometheus as they are", () => {
    const folder = mkdtempSync(join(tmpdir(), "meridian-rules-"));
    try {
      writeFileSync(join(folder, "rules.json"), ruleGroups());
      const { status, stdout, stderr, error } = spawnSync(
        promtool(),
        ["check", "rules", join(folder, "rules.json")],
        {
          encoding: "utf8",
        },
      );
      expect(status, `${error?.message ?? ""}${stdout}${stderr}`).to.equal(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("hold nothing that Terraform would take for its own", async () => {
    for (const environment of ["dev", "prod"] as const)
      for (const { block } of [
        ...(await resourcesOfType(environment, "aws_prometheus_rule_group_namespace")),
        ...(await resourcesOfType(environment, "aws_prometheus_alert_manager_definition")),
      ]) {
        const text = String(block.data ?? block.definition);
        expect(text).to.not.match(/[$%]\{/);
        expect(block.workspace_id).to.match(/^\$\{data\.terraform_remote_state\.state_foundation\./);
      }
  });

  it("call the home Region's topic, which lets the managed Prometheus publish and whose key lets it encrypt", async () => {
    const [manager] = await resourcesOfType("prod", "aws_prometheus_alert_manager_definition");
    const topic = "arn:aws:sns:us-east-1:111122223333:meridian-prod-alarms";
    const definition = JSON.parse(String(manager?.block.definition)) as { alertmanager_config: string };
    const config = JSON.parse(definition.alertmanager_config) as {
      receivers: { sns_configs?: { topic_arn: string; sigv4: { region: string } }[] }[];
    };
    for (const { sns_configs = [] } of config.receivers)
      for (const one of sns_configs)
        expect(one).to.deep.include({ topic_arn: topic, sigv4: { region: "us-east-1" } });
    const policies = await resourcesOfType("prod", "aws_sns_topic_policy");
    const own = policies.find(({ stack, name }) => stack === "region-us-east-1" && name.startsWith("alarms"));
    expect(String(own?.block.policy)).to.include("aps.amazonaws.com").and.to.include(topic);
    const keys = await resourcesOfType("prod", "aws_kms_key");
    expect(String(keys.find(({ name }) => name.startsWith("data"))?.block.policy)).to.include(
      "aps.amazonaws.com",
    );
  });

  it("page for what cannot wait, gather the rest, and mail nobody of what always fires", () => {
    const { alertmanager_config } = JSON.parse(alertManager("arn", "us-east-1")) as {
      alertmanager_config: string;
    };
    const { route, receivers } = JSON.parse(alertmanager_config) as {
      route: { receiver: string; routes: { receiver: string; matchers: string[] }[] };
      receivers: { name: string }[];
    };
    const named = receivers.map(({ name }) => name);
    expect(named).to.include.members([route.receiver, ...route.routes.map(({ receiver }) => receiver)]);
    expect(route.routes.map(({ receiver, matchers }) => [receiver, ...matchers])).to.deep.equal([
      ["page", 'severity="page"'],
      ["nobody", 'severity="none"'],
    ]);
  });
});
