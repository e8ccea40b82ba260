import { Construct } from "constructs";
import { runbookOf } from "#dashboards/alerts/alert.ts";
import { busTopology } from "#shared/adapters/aws/event-bus/bus-topology.ts";
import { arn, resourceName } from "#shared/config/aws/names.ts";
import { CloudwatchCompositeAlarm, CloudwatchMetricAlarm } from "../aws.ts";
import type { Environment } from "../environments/environment.ts";
import { matchingName } from "../region/matching-service.ts";
import type { MeridianStack } from "../stack.ts";

/** What of AWS's own tells of the same as an alert of Prometheus. */
export type AlertSource =
  /** Any of these alarms of the Region's own, by the names that they have behind the environment's. */
  | { readonly kind: "alarms"; readonly of: (environment: Environment) => readonly string[] }
  /** Tasks that should run and do not, by Container Insights. */
  | { readonly kind: "missing-tasks" };

const queueAlarms = (ending: "dead-letters" | "late"): AlertSource => ({
  kind: "alarms",
  of: ({ name }) => busTopology(`meridian-${name}`).queues.map(({ consumer }) => `${consumer}-${ending}`),
});

/**
 * Alerts that page and that AWS's own metrics can tell of too: each Region has a CloudWatch alarm of the same name, which also calls when the platform's metrics do not come, as after the loss of Prometheus itself.
 */
export const ALERT_SOURCES: Readonly<Record<string, AlertSource>> = {
  OrderEntryBurnFast: { kind: "alarms", of: () => ["gateway-none-healthy", "gateway-errors"] },
  OrderAcknowledgedBurnFast: { kind: "alarms", of: () => ["gateway-slow"] },
  ProcessDown: { kind: "missing-tasks" },
  OrdersRefused: { kind: "alarms", of: () => ["journal-throttled"] },
  QueueStuck: queueAlarms("late"),
  DeadLetters: queueAlarms("dead-letters"),
};

/** Why an alert that pages has no alarm of its name: what it is about is inside the platform, and AWS does not see it. */
export const ALERTS_OF_THE_PLATFORM_ALONE: Readonly<Record<string, string>> = {
  BookDeltaBurnFast:
    "how late a change of a book is sent is known inside the gateway: to AWS a socket is one long request",
  ReconciledBurnFast: "forks and their replay are the platform's own",
  ConservationBroken: "AWS does not know what an account holds",
  TwoOwners: "ownership is a value in a table: AWS counts reads and writes of it",
  NoOwner: "ownership is a value in a table: AWS counts reads and writes of it",
  TapeDivergence: "AWS does not know what a fold comes to",
  UndecodableRecord: "to Kinesis a record is bytes",
  UnrepairedGap: "AWS counts what is read from a journal's table, not what is missing in it",
  NoTradesWhileOrdersFlow: "AWS does not tell an order from a trade",
  LedgerDiffers: "the comparison is the ledger's own",
  RegionUnreachable:
    "the consumers' lag on a foreign stream grows as well when the consumer itself stands still: it does not tell of the link",
  ForkOpen: "a fork is a branch in a log like any other",
  ReconciliationStuck: "forks and their replay are the platform's own",
  FinalityStalled: "finality is counted by the owner, of what others report to it",
};

/** One alarm for each alert that AWS can tell of, in each Region, under the alert's own name. */
export class AlertAlarms extends Construct {
  constructor(stack: MeridianStack) {
    super(stack, "alert-alarms");
    const { environment } = stack;
    for (const { name: region } of environment.regions)
      for (const [alert, source] of Object.entries(ALERT_SOURCES)) {
        const topic = arn("sns", region, stack.accountId, resourceName(environment.name, "alarms"));
        const common = {
          alarmName: stack.named(alert),
          alarmDescription: `As Prometheus' alert of this name. Runbook: runbooks/${runbookOf({ name: alert })}.md`,
          alarmActions: [topic],
          okActions: [topic],
          provider: stack.providerIn(region),
        };
        if (source.kind === "alarms") {
          const parts = source.of(environment).map((name) => `ALARM("${stack.named(name)}")`);
          new CloudwatchCompositeAlarm(this, `${alert}-${region}`, {
            ...common,
            alarmRule: parts.join(" OR "),
          });
        } else if (environment.dashboards) {
          new CloudwatchMetricAlarm(this, `${alert}-${region}`, { ...common, ...missingTasks(stack) });
        }
      }
  }
}

/** Container Insights, which environments with dashboards have, count the tasks of each service (Amazon ECS Container Insights metrics: DesiredTaskCount, RunningTaskCount). */
function missingTasks(stack: MeridianStack) {
  const matching = stack.environment.matching.groups.flatMap((group) =>
    (["a", "b"] as const).map((slot) => matchingName(group, slot)),
  );
  const services = ["gateway", "reconciliation", ...matching];
  const counts = services.flatMap((service, at) =>
    (["DesiredTaskCount", "RunningTaskCount"] as const).map((metricName) => ({
      id: `${metricName === "DesiredTaskCount" ? "desired" : "running"}${at}`,
      metric: {
        namespace: "ECS/ContainerInsights",
        metricName,
        period: 60,
        stat: "Average",
        dimensions: { ClusterName: stack.named("services"), ServiceName: stack.named(service) },
      },
    })),
  );
  return {
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    evaluationPeriods: 2,
    treatMissingData: "breaching",
    metricQuery: [
      ...counts,
      {
        id: "missing",
        label: "tasks that should run and do not",
        expression: services.map((_, at) => `(desired${at} - running${at})`).join(" + "),
        returnData: true,
      },
    ],
  };
}
