import { Construct } from "constructs";
import { ALERTS } from "#dashboards/alerts/alerts.ts";
import { rulesFile } from "#dashboards/alerts/rules-file.ts";
import { SLOS } from "#dashboards/alerts/slos.ts";
import { PrometheusAlertManagerDefinition, PrometheusRuleGroupNamespace } from "../aws.ts";
import type { MeridianStack } from "../stack.ts";

/** How many rules a group may have here: no page says AWS's quota, and Prometheus itself has none. Groups of this size pass wherever one is known. */
const GROUP_RULES_MAX = 20;

/**
 * The same rules as everywhere (`dashboards/alerts`), evaluated by the managed Prometheus over the metrics of all Regions, and who is told: the home Region's topic of alarms, which mails. What AWS measures by itself
 * is alarmed on in each Region (`RegionAlarms`).
 */
export class MetricAlerts extends Construct {
  constructor(stack: MeridianStack, workspaceId: string) {
    super(stack, "metric-alerts");
    new PrometheusRuleGroupNamespace(this, "rules", {
      workspaceId,
      name: "meridian",
      data: ruleGroups(),
    });
    new PrometheusAlertManagerDefinition(this, "alert-manager", {
      workspaceId,
      definition: alertManager(
        `arn:aws:sns:${stack.region}:${stack.accountId}:${stack.named("alarms")}`,
        stack.region,
      ),
    });
  }
}

/** The rules as the managed Prometheus takes them: JSON, which is YAML, in groups that are not too large. No rule reads another of its group. */
export function ruleGroups(): string {
  const groups = rulesFile(SLOS, ALERTS).groups.flatMap((group) => {
    const count = Math.ceil(group.rules.length / GROUP_RULES_MAX);
    return Array.from({ length: count }, (_, at) => ({
      ...group,
      name: count === 1 ? group.name : `${group.name}-${at + 1}`,
      rules: group.rules.slice(at * GROUP_RULES_MAX, (at + 1) * GROUP_RULES_MAX),
    }));
  });
  return JSON.stringify({ groups }, undefined, 1);
}

/**
 * The only receiver that AWS knows is SNS (https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-alertmanager-receiver.html). A page comes at once and again every hour; what only wants
 * a ticket is gathered longer.
 */
export function alertManager(topicArn: string, region: string): string {
  const told = (name: string) => ({
    name,
    sns_configs: [
      {
        topic_arn: topicArn,
        sigv4: { region },
        // Without a subject of ours all labels stand in it, which may be longer than SNS takes.
        subject: "[{{ .Status }}] {{ .GroupLabels.alertname }} {{ .CommonLabels.region }}",
        attributes: { severity: name },
        send_resolved: true,
      },
    ],
  });
  const config = {
    route: {
      receiver: "ticket",
      group_by: ["alertname", "region"],
      group_wait: "1m",
      group_interval: "5m",
      repeat_interval: "12h",
      routes: [
        {
          receiver: "page",
          matchers: ['severity="page"'],
          group_wait: "10s",
          group_interval: "1m",
          repeat_interval: "1h",
        },
        // What always fires, to prove that alerts come through, is looked at and mails nobody.
        { receiver: "nobody", matchers: ['severity="none"'] },
      ],
    },
    receivers: [told("ticket"), told("page"), { name: "nobody" }],
  };
  return JSON.stringify({ alertmanager_config: JSON.stringify(config) });
}
