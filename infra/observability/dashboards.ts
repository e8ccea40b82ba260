import { Construct } from "constructs";
import { GrafanaWorkspace, GrafanaWorkspaceServiceAccount, LambdaInvocation } from "../aws.ts";
import { ServiceFunction } from "../region/service-function.ts";
import { ServiceRole } from "../service-role.ts";
import type { MeridianStack } from "../stack.ts";

export interface DashboardsSettings {
  /** The managed Prometheus. */
  readonly metrics: { readonly workspaceId: string; readonly workspaceArn: string };
  readonly dataKeyArn: string;
  /** Of the function that writes the boards. */
  readonly bundle: string;
}

/** Service accounts came with 9; a version is never lower than the one before. */
const GRAFANA_VERSION = "10.4";
/** A workspace that was just made answers after a while; boards are a dozen. */
const TIMEOUT_SECONDS = 300;

/**
 * Grafana, and what is in it: a function of ours writes data sources and boards (`dashboards/`) whenever an apply finds that they have changed. The token that it needs it makes for itself, for ten minutes: no secret
 * stands in the state.
 */
export class Dashboards extends Construct {
  constructor(stack: MeridianStack, { metrics, dataKeyArn, bundle }: DashboardsSettings) {
    super(stack, "dashboards");
    const workspace = this.workspace(stack, metrics.workspaceArn);
    const account = new GrafanaWorkspaceServiceAccount(this, "boards-account", {
      name: "boards",
      // Data sources are an administrator's.
      grafanaRole: "ADMIN",
      workspaceId: workspace.id,
    });
    const { environment, region, accountId } = stack;
    const publisher = new ServiceFunction(
      { stack, dataKeyArn },
      {
        name: "boards",
        bundle,
        variables: {
          MERIDIAN_ENVIRONMENT: environment.name,
          MERIDIAN_ACCOUNT_ID: accountId,
          MERIDIAN_REGION: region,
          MERIDIAN_REGIONS: environment.regions.map(({ name }) => name).join(","),
          MERIDIAN_LOG: "info",
          MERIDIAN_GRAFANA_WORKSPACE: workspace.id,
          MERIDIAN_GRAFANA_URL: `https://${workspace.endpoint}`,
          MERIDIAN_GRAFANA_ACCOUNT: account.serviceAccountId,
          MERIDIAN_METRICS_URL: `https://aps-workspaces.${region}.amazonaws.com/workspaces/${metrics.workspaceId}/`,
          MERIDIAN_RUNBOOKS_URL: `https://github.com/${environment.owner.repository}/blob/main/runbooks`,
        },
        statements: [
          {
            actions: [
              "grafana:CreateWorkspaceServiceAccountToken",
              "grafana:DeleteWorkspaceServiceAccountToken",
            ],
            resources: [workspace.arn],
          },
        ],
        memoryMib: 512,
        timeoutSeconds: TIMEOUT_SECONDS,
        inNetwork: false,
      },
    );
    const { policy } = publisher.role;
    new LambdaInvocation(this, "publish", {
      functionName: publisher.function.functionName,
      input: JSON.stringify({}),
      // Boards and data sources are in the bundle; what else it is told is in its variables.
      triggers: {
        code: publisher.codeHash,
        workspace: workspace.id,
        account: account.serviceAccountId,
        metrics: metrics.workspaceId,
        runbooks: environment.owner.repository,
      },
      // The function is called at once: by then it must be allowed what it does.
      ...(policy === undefined ? {} : { dependsOn: [policy] }),
    });
  }

  /** It reads Prometheus, CloudWatch and X-Ray. */
  private workspace(stack: MeridianStack, metricsArn: string): GrafanaWorkspace {
    const role = new ServiceRole(stack, "grafana-role", {
      name: stack.named("grafana"),
      service: "grafana.amazonaws.com",
      statements: [
        {
          actions: ["aps:GetLabels", "aps:GetMetricMetadata", "aps:GetSeries", "aps:QueryMetrics"],
          resources: [metricsArn],
        },
        // Reading metrics and traces has no resources to name.
        {
          actions: [
            "cloudwatch:DescribeAlarms",
            "cloudwatch:GetMetricData",
            "cloudwatch:ListMetrics",
            "xray:BatchGetTraces",
            "xray:GetServiceGraph",
            "xray:GetTraceSummaries",
          ],
          resources: ["*"],
        },
      ],
    });
    return new GrafanaWorkspace(stack, "grafana", {
      name: stack.named("dashboards"),
      accountAccessType: "CURRENT_ACCOUNT",
      authenticationProviders: ["AWS_SSO"],
      permissionType: "CUSTOMER_MANAGED",
      dataSources: ["PROMETHEUS", "CLOUDWATCH", "XRAY"],
      grafanaVersion: GRAFANA_VERSION,
      roleArn: role.arn,
    });
  }
}
