import { Construct } from "constructs";
import { TABLES } from "#shared/adapters/aws/dynamodb/tables.ts";
import { linkQueueName } from "#shared/config/aws/link-queues.ts";
import { COMMAND_STREAM } from "#shared/config/aws/streams.ts";
import {
  CloudwatchCompositeAlarm,
  CloudwatchMetricAlarm,
  SnsTopic,
  SnsTopicPolicy,
  SnsTopicSubscription,
} from "../aws.ts";
import { policy } from "../policy-document.ts";
import type { MeridianStack } from "../stack.ts";
import type { GatewayDoor } from "./gateway-doors.ts";
import { isLinked } from "./link-queues.ts";
import { busOf } from "./outcome-topics.ts";
import type { RegionBase } from "./region-stack-types.ts";

/**
 * The alarms that say that customers are hurt. Experiments stop on them, Route 53 and people act on them. Few, and on what clients see; causes
 * have alarms of their own.
 */
export const CUSTOMER_IMPACT_ALARMS = ["gateway-none-healthy", "gateway-errors", "gateway-slow"] as const;

/** An alarm's ARN by its name, as stop conditions want it. */
export function alarmArn(stack: MeridianStack, region: string, alarm: string): string {
  return `arn:aws:cloudwatch:${region}:${stack.accountId}:alarm:${stack.named(alarm)}`;
}

interface AlarmSettings {
  readonly name: string;
  /** The page of `runbooks/` that it leads to. */
  readonly runbook: string;
  readonly what: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Record<string, string>;
  readonly statistic: string;
  readonly above?: number;
  readonly below?: number;
  readonly periods: number;
  /** What no data means. A door without requests is quiet; a door without targets is not. */
  readonly missing: "notBreaching" | "breaching";
}

/** The Region's alarms on what AWS measures by itself, and the topic that they call. What services measure is alarmed on in Prometheus. */
export class RegionAlarms extends Construct {
  private readonly topicArn: string;
  private readonly base: RegionBase;

  constructor(base: RegionBase, door: GatewayDoor) {
    const { stack, dataKeyArn } = base;
    super(stack, "alarms");
    this.base = base;
    const topic = new SnsTopic(this, "topic", { name: stack.named("alarms"), kmsMasterKeyId: dataKeyArn });
    this.topicArn = topic.arn;
    new SnsTopicPolicy(this, "topic-policy", {
      arn: topic.arn,
      policy: policy({
        actions: ["sns:Publish"],
        resources: [`arn:aws:sns:${stack.region}:${stack.accountId}:${stack.named("alarms")}`],
        principals: { Service: ["cloudwatch.amazonaws.com", "aps.amazonaws.com", "budgets.amazonaws.com"] },
        conditions: { StringEquals: { "aws:SourceAccount": stack.accountId } },
      }),
    });
    new SnsTopicSubscription(this, "mail", {
      topicArn: topic.arn,
      protocol: "email",
      endpoint: stack.environment.owner.alertEmail,
    });
    this.watchGateways(door);
    this.watchLogs();
    this.watchQueues();
    if (isLinked(stack)) this.watchLink();
    this.watchStores();
  }

  private watchGateways(door: GatewayDoor): void {
    const { stack } = this.base;
    const balancer = { LoadBalancer: door.suffix };
    const targets = { ...balancer, TargetGroup: door.targetGroupSuffix };
    const common = { namespace: "AWS/ApplicationELB", periods: 2 };
    this.alarm({
      ...common,
      name: "gateway-none-healthy",
      runbook: "process-down",
      what: "no gateway is ready: nobody can trade through this Region",
      metric: "HealthyHostCount",
      dimensions: targets,
      statistic: "Maximum",
      below: 1,
      missing: "breaching",
    });
    this.alarm({
      ...common,
      name: "gateway-errors",
      runbook: "server-errors",
      what: "gateways answer with 5xx more than 50 times a minute",
      metric: "HTTPCode_Target_5XX_Count",
      dimensions: balancer,
      statistic: "Sum",
      above: 50,
      missing: "notBreaching",
    });
    this.alarm({
      ...common,
      name: "gateway-slow",
      runbook: "order-acknowledged-burn-fast",
      what: "one answer in a hundred takes more than 2 s",
      metric: "TargetResponseTime",
      dimensions: balancer,
      statistic: "p99",
      above: 2,
      periods: 3,
      missing: "notBreaching",
    });
    new CloudwatchCompositeAlarm(this, "customer-impact", {
      alarmName: stack.named("customer-impact"),
      alarmDescription: "Customers of this Region are hurt. Runbook: runbooks/order-entry-burn-fast.md",
      alarmRule: CUSTOMER_IMPACT_ALARMS.map((name) => `ALARM("${stack.named(name)}")`).join(" OR "),
      alarmActions: [this.topicArn],
      okActions: [this.topicArn],
      dependsOn: CUSTOMER_IMPACT_ALARMS.map((name) => this.node.findChild(name)) as CloudwatchMetricAlarm[],
    });
  }

  private watchLogs(): void {
    const { stack } = this.base;
    const dimensions = { StreamName: stack.named(COMMAND_STREAM.name) };
    const common = { namespace: "AWS/Kinesis", dimensions, missing: "notBreaching" as const };
    this.alarm({
      ...common,
      name: "commands-throttled",
      runbook: "orders-refused",
      what: "appends to the command log are throttled: a shard's bytes or records are at their limit",
      metric: "WriteProvisionedThroughputExceeded",
      statistic: "Sum",
      above: 0,
      periods: 3,
    });
    this.alarm({
      ...common,
      name: "commands-old",
      runbook: "replica-lag",
      what: "a consumer by polling is more than 30 s behind the command log",
      metric: "GetRecords.IteratorAgeMilliseconds",
      statistic: "Maximum",
      above: 30_000,
      periods: 3,
    });
  }

  private watchQueues(): void {
    for (const { consumer, name, deadName } of busOf(this.base.stack).queues) {
      this.alarm({
        name: `${consumer}-dead-letters`,
        runbook: "dead-letters",
        what: `${consumer} gave up on a message: look at it, mend, send it back`,
        namespace: "AWS/SQS",
        metric: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: deadName },
        statistic: "Maximum",
        above: 0,
        periods: 1,
        missing: "notBreaching",
      });
      this.alarm({
        name: `${consumer}-late`,
        runbook: "queue-stuck",
        what: `${consumer} is more than 5 minutes behind`,
        namespace: "AWS/SQS",
        metric: "ApproximateAgeOfOldestMessage",
        dimensions: { QueueName: name },
        statistic: "Maximum",
        above: 300,
        periods: 3,
        missing: "notBreaching",
      });
    }
  }

  private watchLink(): void {
    const { stack } = this.base;
    for (const { name, shards } of stack.environment.matching.groups)
      this.alarm({
        name: `link-${name}-unread`,
        runbook: "region-unreachable",
        what: `nobody here reads what other Regions ask about the shards ${shards.join(", ")}`,
        namespace: "AWS/SQS",
        metric: "ApproximateAgeOfOldestMessage",
        dimensions: { QueueName: linkQueueName(stack.environment.name, shards) },
        statistic: "Maximum",
        above: 30,
        periods: 2,
        missing: "notBreaching",
      });
  }

  private watchStores(): void {
    const { stack } = this.base;
    for (const { name, runbook } of [
      { name: TABLES.acceptor.name, runbook: "no-owner" },
      { name: TABLES.journal.name, runbook: "journal-lag" },
    ])
      this.alarm({
        name: `${name}-throttled`,
        runbook,
        what: `writes of the table ${name} are throttled`,
        namespace: "AWS/DynamoDB",
        metric: "WriteThrottleEvents",
        dimensions: { TableName: stack.named(name) },
        statistic: "Sum",
        above: 0,
        periods: 2,
        missing: "notBreaching",
      });
    this.alarm({
      name: "fanout-busy",
      runbook: "clients-too-slow",
      what: "the fan-out's engine uses more than 80% of its core",
      namespace: "AWS/ElastiCache",
      metric: "EngineCPUUtilization",
      dimensions: { ReplicationGroupId: stack.named("fanout") },
      statistic: "Maximum",
      above: 80,
      periods: 5,
      missing: "notBreaching",
    });
    this.alarm({
      name: "ledger-full",
      runbook: "switch-over-aurora",
      what: "the ledger's database is at its most capacity",
      namespace: "AWS/RDS",
      metric: "ACUUtilization",
      dimensions: { DBClusterIdentifier: stack.namedHere("ledger") },
      statistic: "Average",
      above: 90,
      periods: 10,
      missing: "notBreaching",
    });
    if (stack.environment.regions[0]?.name !== stack.region)
      this.alarm({
        name: "ledger-behind",
        runbook: "switch-over-aurora",
        what: "the ledger's follower is more than 10 s behind its writer",
        namespace: "AWS/RDS",
        metric: "AuroraGlobalDBReplicationLag",
        dimensions: { DBClusterIdentifier: stack.namedHere("ledger") },
        statistic: "Maximum",
        above: 10_000,
        periods: 5,
        missing: "notBreaching",
      });
  }

  private alarm(settings: AlarmSettings): void {
    const { stack } = this.base;
    const { name, what, runbook, above, below } = settings;
    new CloudwatchMetricAlarm(this, name, {
      alarmName: stack.named(name),
      alarmDescription: `${what}. Runbook: runbooks/${runbook}.md`,
      namespace: settings.namespace,
      metricName: settings.metric,
      dimensions: settings.dimensions,
      ...(settings.statistic.startsWith("p")
        ? { extendedStatistic: settings.statistic }
        : { statistic: settings.statistic }),
      comparisonOperator: above === undefined ? "LessThanThreshold" : "GreaterThanThreshold",
      threshold: above ?? below ?? 0,
      period: 60,
      evaluationPeriods: settings.periods,
      treatMissingData: settings.missing,
      alarmActions: [this.topicArn],
      okActions: [this.topicArn],
    });
  }
}
