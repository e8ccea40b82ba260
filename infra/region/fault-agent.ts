import type { CloudwatchLogGroup } from "../aws.ts";
import { FAULT_AGENT_IMAGE } from "../facts/versions.ts";
import type { Statement } from "../policy-document.ts";
import type { MeridianStack } from "../stack.ts";
import { type Container, ownLogs } from "./sidecars.ts";

/** The role of the managed instances that the agents register as. */
export function faultAgentRoleName(stack: MeridianStack): string {
  return stack.namedHere("fault-agent");
}

/**
 * The Systems Manager agent beside a service, in environments with experiments: FIS starves the task of CPU and slows its network through it
 * (https://docs.aws.amazon.com/fis/latest/userguide/ecs-task-actions.html). It registers the task when it starts and ends its registration when it stops.
 */
export function faultAgentContainer(stack: MeridianStack, logs: CloudwatchLogGroup): Container {
  return {
    name: "fault-agent",
    image: FAULT_AGENT_IMAGE,
    essential: false,
    user: "0",
    // It keeps its registration on disk, and installs the tool that makes load.
    readonlyRootFilesystem: false,
    entryPoint: ["/bin/bash", "-c"],
    command: [REGISTER],
    environment: [
      { name: "MANAGED_INSTANCE_ROLE_NAME", value: faultAgentRoleName(stack) },
      { name: "AWS_REGION", value: stack.region },
    ],
    logConfiguration: ownLogs(stack.region, logs, "fault-agent"),
  };
}

const REGISTER = `set -euo pipefail
dnf install --assumeyes --quiet awscli jq procps-ng
task=$(curl --silent --fail "$ECS_CONTAINER_METADATA_URI_V4/task")
task_arn=$(jq --raw-output .TaskARN <<<"$task")
activation=$(aws ssm create-activation --iam-role "$MANAGED_INSTANCE_ROLE_NAME" --registration-limit 1 \\
  --tags "Key=ECS_TASK_ARN,Value=$task_arn")
amazon-ssm-agent -register -y -region "$AWS_REGION" \\
  -id "$(jq --raw-output .ActivationId <<<"$activation")" -code "$(jq --raw-output .ActivationCode <<<"$activation")"
instance=$(jq --raw-output .ManagedInstanceID /var/lib/amazon/ssm/registration)
leave() {
  aws ssm deregister-managed-instance --instance-id "$instance" || true
  aws ssm delete-activation --activation-id "$(jq --raw-output .ActivationId <<<"$activation")" || true
  exit 0
}
trap leave TERM INT
amazon-ssm-agent &
wait $!`;

export function faultAgentStatements(stack: MeridianStack): Statement[] {
  return [
    {
      // Neither names a resource before it exists (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html).
      actions: ["ssm:CreateActivation", "ssm:DeleteActivation"],
      resources: ["*"],
    },
    {
      actions: ["ssm:AddTagsToResource"],
      resources: [`arn:aws:ssm:${stack.region}:${stack.accountId}:activation/*`],
    },
    {
      actions: ["ssm:DeregisterManagedInstance"],
      resources: [`arn:aws:ssm:${stack.region}:${stack.accountId}:managed-instance/*`],
    },
    {
      actions: ["iam:PassRole"],
      resources: [`arn:aws:iam::${stack.accountId}:role/${faultAgentRoleName(stack)}`],
      conditions: { StringEquals: { "iam:PassedToService": "ssm.amazonaws.com" } },
    },
  ];
}
