import { Construct } from "constructs";
import { CloudwatchLogGroup, EcsCluster, EcsClusterCapacityProviders } from "../aws.ts";
import type { RegionBase } from "./region-stack-types.ts";

/** The Region's ECS cluster on Fargate, and the log groups of what runs on it. */
export class ServiceCluster extends Construct {
  readonly arn: string;
  readonly name: string;

  constructor({ stack, dataKeyArn }: RegionBase) {
    super(stack, "cluster");
    const cluster = new EcsCluster(this, "cluster", {
      name: stack.named("services"),
      setting: [{ name: "containerInsights", value: stack.environment.dashboards ? "enhanced" : "disabled" }],
      configuration: {
        managedStorageConfiguration: { fargateEphemeralStorageKmsKeyId: dataKeyArn },
      },
    });
    new EcsClusterCapacityProviders(this, "capacity", {
      clusterName: cluster.name,
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      defaultCapacityProviderStrategy: [
        { capacityProvider: stack.environment.spot ? "FARGATE_SPOT" : "FARGATE", weight: 1 },
      ],
    });
    this.arn = cluster.arn;
    this.name = cluster.name;
  }

  /** A service's log group: what the log router cannot deliver to the search index is here, and in dev everything. */
  logGroup({ stack, dataKeyArn }: RegionBase, service: string): CloudwatchLogGroup {
    return new CloudwatchLogGroup(this, `logs-${service}`, {
      name: `/${stack.named(service)}`,
      retentionInDays: stack.environment.logDays,
      kmsKeyId: dataKeyArn,
    });
  }
}
