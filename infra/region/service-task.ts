import { Construct } from "constructs";
import type { ServiceName } from "#shared/config/service-config.ts";
import { SERVICES } from "#shared/config/service-config.ts";
import { VARIABLES, type VariableName } from "#shared/config/service-variables.ts";
import { type CloudwatchLogGroup, EcsTaskDefinition, type IamRolePolicy } from "../aws.ts";
import type { TaskSize } from "../environments/environment.ts";
import type { Statement } from "../policy-document.ts";
import { ServiceRole } from "../service-role.ts";
import { faultAgentContainer, faultAgentStatements } from "./fault-agent.ts";
import { sendTelemetry } from "./permissions.ts";
import type { RegionBase } from "./region-stack-types.ts";
import { type Container, collectorContainer, logOptions, logRouterContainer } from "./sidecars.ts";

/** The port of a service's `/healthz`, `/readyz` and, where it has one, its API. */
export const SERVICE_PORT = 8080;
/** ECS waits so long between SIGTERM and SIGKILL: the most that Fargate allows. */
const STOP_SECONDS = 120;
const DRAIN_MS = 25_000;

export interface ServiceTaskSettings {
  readonly service: Extract<ServiceName, "gateway" | "matching" | "reconciliation">;
  /** Unique in the Region: the service's name, and what tells two tasks of it apart. */
  readonly name: string;
  readonly size: TaskSize;
  /** Beside what every task has. */
  readonly variables: Partial<Record<VariableName, string>>;
  /** By variable: the secret's ARN. */
  readonly secrets: Partial<Record<VariableName, string>>;
  readonly statements: readonly Statement[];
  readonly logs: CloudwatchLogGroup;
  readonly searchHost: string | undefined;
  readonly searchArn: string | undefined;
}

/** A task definition: the service's container, the collector of traces and metrics, the log router; and what the task may do. */
export class ServiceTask extends Construct {
  readonly definition: EcsTaskDefinition;
  readonly containerName: string;
  /** What it may do, and ECS to start it. */
  readonly roles: readonly IamRolePolicy[];

  constructor(base: RegionBase, settings: ServiceTaskSettings) {
    const { stack } = base;
    const { service, name, size, logs } = settings;
    super(stack, `task-${name}`);
    this.containerName = service;

    const canBeHurt = stack.environment.experiments;
    const task = new ServiceRole(stack, `role-${name}`, {
      name: stack.namedHere(name),
      service: "ecs-tasks.amazonaws.com",
      statements: [
        ...settings.statements,
        ...sendTelemetry(base),
        ...(settings.searchArn === undefined
          ? []
          : [{ actions: ["es:ESHttpPost", "es:ESHttpPut"], resources: [`${settings.searchArn}/*`] }]),
        ...(canBeHurt ? faultAgentStatements(stack) : []),
      ],
    });
    const start = new ServiceRole(stack, `start-role-${name}`, {
      name: stack.namedHere(`${name}-start`),
      service: "ecs-tasks.amazonaws.com",
      statements: startStatements(base, Object.values(settings.secrets), logs),
    });

    this.roles = [task.policy, start.policy].filter((one) => one !== undefined);

    const containers: Container[] = [
      this.serviceContainer(base, settings),
      collectorContainer(base, logs),
      logRouterContainer(base, logs),
      ...(canBeHurt ? [faultAgentContainer(stack, logs)] : []),
    ];
    this.definition = new EcsTaskDefinition(this, "definition", {
      family: stack.named(name),
      cpu: String(size.cpu),
      memory: String(size.memoryMib),
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
      taskRoleArn: task.arn,
      executionRoleArn: start.arn,
      containerDefinitions: JSON.stringify(containers),
      // Experiments reach the service's processes and its network through the agent beside it.
      ...(canBeHurt ? { pidMode: "task", enableFaultInjection: true } : {}),
    });
  }

  private serviceContainer(base: RegionBase, settings: ServiceTaskSettings): Container {
    const { stack } = base;
    const { service, variables, secrets, logs } = settings;
    const repository = `${stack.accountId}.dkr.ecr.${stack.region}.amazonaws.com/${stack.named("services")}`;
    return {
      name: service,
      image: `${repository}:${stack.environment.owner.imageTag}`,
      command: [`services/${service}/main.ts`],
      essential: true,
      readonlyRootFilesystem: true,
      user: "node",
      linuxParameters: { initProcessEnabled: true, capabilities: { drop: ["ALL"] } },
      portMappings: [{ name: "http", containerPort: SERVICE_PORT, protocol: "tcp" }],
      environment: environmentOf(
        service,
        { ...commonVariables(base), ...taskVariables(), ...variables },
        secrets,
      ),
      secrets: Object.entries(secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
      stopTimeout: STOP_SECONDS,
      healthCheck: {
        command: [
          "CMD",
          "node",
          "--eval",
          `fetch("http://localhost:${SERVICE_PORT}/healthz").then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))`,
        ],
        interval: 10,
        timeout: 5,
        retries: 3,
        startPeriod: 60,
      },
      logConfiguration: logOptions(base, settings.name, settings.searchHost, logs),
      dependsOn: [{ containerName: "log-router", condition: "START" }],
    };
  }
}

/** What every deployed service is told. */
export function commonVariables({ stack }: RegionBase): Partial<Record<VariableName, string>> {
  return {
    MERIDIAN_ENVIRONMENT: stack.environment.name,
    MERIDIAN_ACCOUNT_ID: stack.accountId,
    MERIDIAN_REGION: stack.region,
    MERIDIAN_REGIONS: stack.environment.regions.map(({ name }) => name).join(","),
    MERIDIAN_LOG: "info",
  };
}

function taskVariables(): Partial<Record<VariableName, string>> {
  return {
    MERIDIAN_OTLP_ENDPOINT: "http://localhost:4318",
    MERIDIAN_PORT: String(SERVICE_PORT),
    MERIDIAN_DRAIN_MS: String(DRAIN_MS),
  };
}

/** Exactly the variables that the service's configuration names: throws for one that is missing, unknown, or a secret in plain sight. */
function environmentOf(
  service: ServiceName,
  variables: Partial<Record<VariableName, string>>,
  secrets: Partial<Record<VariableName, string>>,
): { name: string; value: string }[] {
  const known: readonly VariableName[] = SERVICES[service];
  for (const name of known) {
    const isSecret = "secret" in VARIABLES[name];
    if ((isSecret ? secrets : variables)[name] === undefined)
      throw new Error(`${service}: ${name} is not set`);
  }
  const unknown = [...Object.keys(variables), ...Object.keys(secrets)].filter(
    (name) => !known.some((one) => one === name),
  );
  if (unknown.length > 0) throw new Error(`${service}: no variable ${unknown.join(", ")}`);
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}

/** The variables of a function, checked the same way. */
export function functionVariables(
  service: ServiceName,
  variables: Partial<Record<VariableName, string>>,
): Record<string, string> {
  return Object.fromEntries(environmentOf(service, variables, {}).map(({ name, value }) => [name, value]));
}

/** What ECS itself needs to start the task: the image, its secrets, the first log lines. */
function startStatements(
  { stack, dataKeyArn }: RegionBase,
  secrets: readonly string[],
  logs: CloudwatchLogGroup,
): Statement[] {
  return [
    { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
    {
      actions: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      resources: [`arn:aws:ecr:${stack.region}:${stack.accountId}:repository/${stack.named("services")}`],
    },
    { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${logs.arn}:*`] },
    ...(secrets.length === 0
      ? []
      : [
          { actions: ["secretsmanager:GetSecretValue"], resources: [...secrets] },
          {
            actions: ["kms:Decrypt"],
            resources: [dataKeyArn],
            conditions: {
              StringEquals: { "kms:ViaService": `secretsmanager.${stack.region}.amazonaws.com` },
            },
          },
        ]),
  ];
}
