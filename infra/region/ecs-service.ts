import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { EcsService } from "../aws.ts";
import type { Firewall } from "../security-group.ts";
import type { RegionBase } from "./region-stack-types.ts";
import type { ServiceCluster } from "./service-cluster.ts";
import { SERVICE_PORT, type ServiceTask } from "./service-task.ts";

export interface EcsServiceSettings {
  readonly name: string;
  readonly cluster: ServiceCluster;
  readonly task: ServiceTask;
  readonly tasks: number;
  /** One subnet pins the tasks to its zone. */
  readonly subnets: readonly string[];
  readonly firewall: Firewall;
  readonly targetGroupArns?: readonly string[];
  /** What must be there before its tasks are. */
  readonly after?: readonly ITerraformDependable[];
  /** What the deployment may fall to and rise to, percent of the tasks. */
  readonly percentMin: number;
  readonly percentMax: number;
  /** Another keeper sets the number of tasks. */
  readonly isScaled?: boolean;
  readonly spot: boolean;
}

/** A service on Fargate. A deployment that does not become healthy is taken back by itself. */
export function ecsService(
  scope: Construct,
  { stack }: RegionBase,
  settings: EcsServiceSettings,
): EcsService {
  return new EcsService(scope, "service", {
    name: stack.named(settings.name),
    cluster: settings.cluster.arn,
    taskDefinition: settings.task.definition.arn,
    desiredCount: settings.tasks,
    capacityProviderStrategy: [{ capacityProvider: settings.spot ? "FARGATE_SPOT" : "FARGATE", weight: 1 }],
    platformVersion: "1.4.0",
    networkConfiguration: {
      subnets: [...settings.subnets],
      securityGroups: [settings.firewall.id],
      assignPublicIp: false,
    },
    loadBalancer: (settings.targetGroupArns ?? []).map((targetGroupArn) => ({
      targetGroupArn,
      containerName: settings.task.containerName,
      containerPort: SERVICE_PORT,
    })),
    deploymentMinimumHealthyPercent: settings.percentMin,
    deploymentMaximumPercent: settings.percentMax,
    deploymentCircuitBreaker: { enable: true, rollback: true },
    availabilityZoneRebalancing:
      settings.subnets.length > 1 && settings.percentMax > 100 ? "ENABLED" : "DISABLED",
    enableEcsManagedTags: true,
    propagateTags: "SERVICE",
    enableExecuteCommand: false,
    waitForSteadyState: false,
    ...(settings.after === undefined ? {} : { dependsOn: [...settings.after] }),
    ...(settings.targetGroupArns === undefined ? {} : { healthCheckGracePeriodSeconds: 60 }),
    lifecycle: { ignoreChanges: settings.isScaled ? ["desired_count"] : [] },
    // Experiments choose their targets by these.
    tags: { Service: settings.name, Experiment: settings.name },
  });
}
