import { Construct } from "constructs";
import { AppautoscalingPolicy, AppautoscalingTarget } from "../aws.ts";
import { GeneratedSecret, secretArn } from "../secret.ts";
import { Firewall } from "../security-group.ts";
import { ecsService } from "./ecs-service.ts";
import { FANOUT_PORT, type Fanout } from "./fanout.ts";
import type { GatewayDoor } from "./gateway-doors.ts";
import { LEDGER_PORT, LEDGER_SECRET, type LedgerDatabase } from "./ledger-database.ts";
import { mailVariables } from "./mail-variables.ts";
import {
  appendAudit,
  appendCommands,
  dataKeys,
  operateQueues,
  readSecrets,
  readTables,
  sealingKey,
  sendMail,
  writeTables,
  writeUsers,
} from "./permissions.ts";
import type { RegionBase } from "./region-stack-types.ts";
import type { SearchIndex } from "./search-index.ts";
import type { ServiceCluster } from "./service-cluster.ts";
import { SERVICE_PORT, ServiceTask } from "./service-task.ts";

export interface GatewayServiceSettings {
  readonly cluster: ServiceCluster;
  /** All that lead here. */
  readonly doors: readonly GatewayDoor[];
  /** The one of them by which sockets come. */
  readonly liveDoor: GatewayDoor;
  readonly fanout: Fanout;
  readonly ledger: LedgerDatabase;
  readonly search: SearchIndex | undefined;
  readonly issuer: string;
  readonly audience: string;
}

/** The gateways of a Region: over three zones, more of them as sockets or work grow. */
export class GatewayService extends Construct {
  readonly firewall: Firewall;
  readonly serviceName: string;

  constructor(base: RegionBase, settings: GatewayServiceSettings) {
    const { stack, network } = base;
    super(stack, "gateway");
    const { gateway, spot } = stack.environment;
    const { cluster, doors, liveDoor, fanout, ledger, search } = settings;

    this.firewall = new Firewall(stack, "gateway", network.vpcId, "gateway tasks");
    for (const { node, firewall } of doors)
      this.firewall.admit(firewall, SERVICE_PORT, `sockets and requests from ${node.id}`);
    fanout.firewall.admit(this.firewall, FANOUT_PORT, "feeds for the gateways' sockets");
    ledger.firewall.admit(this.firewall, LEDGER_PORT, "statements for traders, and checks for operators");
    search?.firewall.admit(this.firewall, 443, "log lines of the gateways");
    this.firewall.allowHttpsOut("AWS, and the logs and acceptors of other Regions");

    const operatorToken = new GeneratedSecret(stack, "operator-token", {
      name: "operator-token",
      what: "token of whoever runs the markets",
      keyArn: base.dataKeyArn,
      length: 48,
    });
    const task = new ServiceTask(base, {
      service: "gateway",
      name: "gateway",
      size: gateway,
      variables: {
        MERIDIAN_FANOUT_URL: fanout.url,
        MERIDIAN_ISSUER: settings.issuer,
        MERIDIAN_AUDIENCE: settings.audience,
        MERIDIAN_SEALING_KEY: base.sealingKeyArn,
        ...mailVariables(base),
        MERIDIAN_LEDGER_HOST: ledger.host,
        MERIDIAN_LEDGER_SECRET: secretArn(stack, LEDGER_SECRET),
        MERIDIAN_TEST_FUNDS: stack.environment.testFunds ? "on" : "off",
      },
      secrets: { MERIDIAN_FANOUT_TOKEN: fanout.tokenSecretArn, MERIDIAN_OPERATOR_TOKEN: operatorToken.arn },
      statements: [
        appendCommands(base),
        appendAudit(base),
        writeTables(base, "outbox", "memory", "identity", "connections", "notices"),
        ...writeUsers(base),
        readTables(base, "orders", "trades", "candles", "steps", "journal", "snapshots", "reconciliations"),
        // Operators look at what waits for whom, and bring dead letters back.
        ...operateQueues(base),
        readSecrets(base, LEDGER_SECRET),
        dataKeys(base, "kinesis", "dynamodb", "sqs", "secretsmanager"),
        sealingKey(base, "open", "seal"),
        // The codes that confirm addresses.
        sendMail(base),
      ],
      logs: cluster.logGroup(base, "gateway"),
      searchHost: search?.host,
      searchArn: search?.arn,
    });
    const service = ecsService(this, base, {
      name: "gateway",
      cluster,
      task,
      tasks: gateway.tasksMin,
      subnets: network.taskSubnets,
      firewall: this.firewall,
      targetGroupArns: doors.map(({ targetGroupArn }) => targetGroupArn),
      after: doors.flatMap(({ rules }) => rules),
      percentMin: 100,
      percentMax: 200,
      isScaled: true,
      spot,
    });
    this.serviceName = service.name;
    this.scale(base, cluster, liveDoor, gateway);
  }

  private scale(
    { stack }: RegionBase,
    cluster: ServiceCluster,
    door: GatewayDoor,
    { tasksMin, tasksMax, connectionsPerTask }: RegionBase["stack"]["environment"]["gateway"],
  ): void {
    const target = new AppautoscalingTarget(this, "scale", {
      serviceNamespace: "ecs",
      resourceId: `service/${cluster.name}/${this.serviceName}`,
      scalableDimension: "ecs:service:DesiredCount",
      minCapacity: tasksMin,
      maxCapacity: tasksMax,
    });
    const common = {
      policyType: "TargetTrackingScaling",
      serviceNamespace: target.serviceNamespace,
      resourceId: target.resourceId,
      scalableDimension: target.scalableDimension,
    };
    new AppautoscalingPolicy(this, "by-cpu", {
      ...common,
      name: stack.named("gateway-by-cpu"),
      targetTrackingScalingPolicyConfiguration: {
        targetValue: 55,
        predefinedMetricSpecification: { predefinedMetricType: "ECSServiceAverageCPUUtilization" },
        scaleOutCooldown: 30,
        scaleInCooldown: 600,
      },
    });
    // Sockets do not move when a task comes: it is made before the others are full.
    new AppautoscalingPolicy(this, "by-connections", {
      ...common,
      name: stack.named("gateway-by-connections"),
      targetTrackingScalingPolicyConfiguration: {
        targetValue: connectionsPerTask * 0.7,
        customizedMetricSpecification: {
          metrics: [
            metric(
              "connections",
              "ActiveConnectionCount",
              "Sum",
              [{ name: "LoadBalancer", value: door.suffix }],
              false,
            ),
            metric(
              "tasks",
              "HealthyHostCount",
              "Minimum",
              [
                { name: "LoadBalancer", value: door.suffix },
                { name: "TargetGroup", value: door.targetGroupSuffix },
              ],
              false,
            ),
            { id: "each", expression: "connections / tasks", label: "connections a task", returnData: true },
          ],
        },
        scaleOutCooldown: 30,
        scaleInCooldown: 900,
      },
    });
  }
}

function metric(
  id: string,
  metricName: string,
  stat: string,
  dimensions: { name: string; value: string }[],
  returnData: boolean,
) {
  return {
    id,
    returnData,
    metricStat: { stat, metric: { namespace: "AWS/ApplicationELB", metricName, dimensions } },
  };
}
