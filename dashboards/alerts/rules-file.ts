import { type Alert, runbookOf } from "./alert.ts";
import { recordingRules, type Slo } from "./slo.ts";

/** A rule file as Prometheus reads it; JSON is YAML. */
export interface RulesFile {
  readonly groups: readonly {
    readonly name: string;
    readonly interval: string;
    readonly rules: readonly object[];
  }[];
}

/** Recording rules for the objectives, then the alerts, which read them. */
export function rulesFile(slos: readonly Slo[], alerts: readonly Alert[]): RulesFile {
  return {
    groups: [
      { name: "meridian-objectives", interval: "30s", rules: recordingRules(slos) },
      { name: "meridian-alerts", interval: "15s", rules: alerts.map(ruleOf) },
    ],
  };
}

function ruleOf(alert: Alert): object {
  return {
    alert: alert.name,
    expr: alert.expr,
    ...(alert.for === undefined ? {} : { for: alert.for }),
    labels: { severity: alert.severity },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook: `runbooks/${runbookOf(alert)}.md`,
      panel: alert.panel,
    },
  };
}
