import type { Construct } from "constructs";
import {
  BudgetsBudget,
  CeAnomalyMonitor,
  CeAnomalySubscription,
  Cloudtrail,
  XraySamplingRule,
} from "../aws.ts";
import type { Bundles } from "../bundles/bundles.ts";
import type { Environment } from "../environments/environment.ts";
import type { FoundationStack } from "../foundation/foundation-stack.ts";
import { keyArnOutput } from "../foundation/platform-keys.ts";
import { PrivateBucket } from "../private-bucket.ts";
import type { RegionStack } from "../region/region-stack.ts";
import { homeRegion, MeridianStack } from "../stack.ts";
import { AlertAlarms } from "./alert-alarms.ts";
import { Dashboards } from "./dashboards.ts";
import { MetricAlerts } from "./metric-alerts.ts";

/** What people look at: dashboards over the metrics of all Regions, the audit trail, traces' sampling, budgets. */
export class ObservabilityStack extends MeridianStack {
  constructor(
    scope: Construct,
    environment: Environment,
    {
      foundation,
      regions,
      bundles,
    }: {
      readonly foundation: FoundationStack;
      readonly regions: readonly RegionStack[];
      readonly bundles: Bundles;
    },
  ) {
    super(scope, "observability", environment, homeRegion(environment));
    for (const region of regions) this.addDependency(region);
    const dataKeyArn = this.take(foundation, keyArnOutput("data", this.region));
    const metrics = {
      workspaceId: this.take(foundation, "metrics_workspace_id"),
      workspaceArn: this.take(foundation, "metrics_workspace_arn"),
    };

    new MetricAlerts(this, metrics.workspaceId);
    if (environment.dashboards) new Dashboards(this, { metrics, dataKeyArn, bundle: bundles.boards });
    this.addTrail(dataKeyArn);
    new AlertAlarms(this);
    for (const { name } of environment.regions)
      new XraySamplingRule(this, `sampling-${name}`, {
        ruleName: this.named("orders"),
        priority: 100,
        version: 1,
        reservoirSize: 10,
        fixedRate: 0.01,
        urlPath: "*",
        host: "*",
        httpMethod: "*",
        serviceType: "*",
        serviceName: "*",
        resourceArn: "*",
        provider: this.providerIn(name),
      });
    this.addBudget();
  }

  private addTrail(keyArn: string): void {
    const trailArn = `arn:aws:cloudtrail:${this.region}:${this.accountId}:trail/${this.named("audit")}`;
    const bucket = new PrivateBucket(this, "audit-files", {
      name: "audit",
      keyArn,
      statements: (bucketArn) => [
        {
          actions: ["s3:GetBucketAcl"],
          resources: [bucketArn],
          principals: { Service: ["cloudtrail.amazonaws.com"] },
          conditions: { StringEquals: { "aws:SourceArn": trailArn } },
        },
        {
          actions: ["s3:PutObject"],
          resources: [`${bucketArn}/AWSLogs/${this.accountId}/*`],
          principals: { Service: ["cloudtrail.amazonaws.com"] },
          conditions: {
            StringEquals: { "aws:SourceArn": trailArn, "s3:x-amz-acl": "bucket-owner-full-control" },
          },
        },
      ],
    });
    new Cloudtrail(this, "audit", {
      name: this.named("audit"),
      s3BucketName: bucket.bucket.bucket,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
      kmsKeyId: keyArn,
      dependsOn: [bucket.policy],
    });
  }

  private addBudget(): void {
    const { monthlyBudgetUsd, owner, name } = this.environment;
    new BudgetsBudget(this, "budget", {
      name: this.named("month"),
      budgetType: "COST",
      limitAmount: String(monthlyBudgetUsd),
      limitUnit: "USD",
      timeUnit: "MONTHLY",
      costFilter: [{ name: "TagKeyValue", values: [`user:Environment$${name}`] }],
      notification: [
        { type: "ACTUAL", threshold: 80 },
        { type: "FORECASTED", threshold: 100 },
      ].map(({ type, threshold }) => ({
        comparisonOperator: "GREATER_THAN",
        notificationType: type,
        threshold,
        thresholdType: "PERCENTAGE",
        subscriberEmailAddresses: [owner.alertEmail],
      })),
    });
    const monitor = new CeAnomalyMonitor(this, "cost-monitor", {
      name: this.named("services"),
      monitorType: "CUSTOM",
      monitorSpecification: JSON.stringify({
        Tags: { Key: "Environment", MatchOptions: ["EQUALS"], Values: [name] },
      }),
    });
    new CeAnomalySubscription(this, "cost-surprises", {
      name: this.named("cost-surprises"),
      frequency: "DAILY",
      monitorArnList: [monitor.arn],
      subscriber: [{ type: "EMAIL", address: owner.alertEmail }],
      thresholdExpression: {
        dimension: {
          key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
          matchOptions: ["GREATER_THAN_OR_EQUAL"],
          values: [String(Math.max(10, Math.round(monthlyBudgetUsd / 50)))],
        },
      },
    });
  }
}
