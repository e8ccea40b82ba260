import type { Construct } from "constructs";
import { TABLES } from "#shared/adapters/aws/dynamodb/tables.ts";
import { CloudwatchLogGroup, FisExperimentTemplate, IamRolePolicyAttachment } from "../aws.ts";
import type { Environment, RegionSettings } from "../environments/environment.ts";
import { faultAgentRoleName } from "../region/fault-agent.ts";
import { alarmArn, CUSTOMER_IMPACT_ALARMS } from "../region/region-alarms.ts";
import type { RegionStack } from "../region/region-stack.ts";
import { ServiceRole } from "../service-role.ts";
import { homeRegion, MeridianStack } from "../stack.ts";
import { EXPERIMENTS } from "./all.ts";
import type { Action, Experiment, ExperimentPlace, Target } from "./experiment.ts";
import { throttleDocument } from "./throttle-document.ts";

/** The fault experiments of each Region. Making them hurts nothing; a person starts one, and the alarms of customers' pain stop it. */
export class ExperimentsStack extends MeridianStack {
  constructor(scope: Construct, environment: Environment, regions: readonly RegionStack[]) {
    super(scope, "experiments", environment, homeRegion(environment));
    for (const region of regions) this.addDependency(region);

    const roles = new Map(EXPERIMENTS.map((experiment) => [experiment.name, this.role(experiment)]));
    new ServiceRole(this, "throttle-table-role", {
      name: this.named("throttle-table"),
      service: "ssm.amazonaws.com",
      statements: [
        {
          actions: ["dynamodb:DescribeTable", "dynamodb:UpdateTable"],
          resources: environment.regions.map(
            ({ name }) =>
              `arn:aws:dynamodb:${name}:${this.accountId}:table/${this.named(TABLES.journal.name)}`,
          ),
        },
      ],
    });
    for (const region of environment.regions) this.inRegion(region, roles);
  }

  private inRegion(region: RegionSettings, roles: ReadonlyMap<string, ServiceRole>): void {
    const { environment } = this;
    const provider = this.providerIn(region.name);
    const logs = new CloudwatchLogGroup(this, `logs-${region.name}`, {
      name: `/${this.named("experiments")}`,
      retentionInDays: environment.logDays,
      provider,
    });
    throttleDocument(this, this, region.name);
    const agents = new ServiceRole(this, `fault-agent-${region.name}`, {
      name: faultAgentRoleName(this).replace(this.region, region.name),
      service: "ssm.amazonaws.com",
      statements: [],
    });
    new IamRolePolicyAttachment(this, `fault-agent-core-${region.name}`, {
      role: agents.role.name,
      policyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
    });
    const others = environment.regions.filter(({ name }) => name !== region.name);
    const place = { stack: this, region, others };
    for (const experiment of EXPERIMENTS) {
      if (experiment.needsOthers && others.length === 0) continue;
      const role = roles.get(experiment.name);
      if (role === undefined) throw new Error(`experiment ${experiment.name} has no role`);
      new FisExperimentTemplate(this, `${experiment.name}-${region.name}`, {
        description: `${experiment.name}: ${experiment.hypothesis}`.slice(0, 512),
        roleArn: role.arn,
        target: Object.entries(experiment.targets(place)).map(([name, target]) =>
          templateTarget(name, target),
        ),
        action: Object.entries({ ...experiment.actions(place), ...assertions(place, experiment) }).map(
          ([name, action]) => templateAction(name, action),
        ),
        stopCondition: CUSTOMER_IMPACT_ALARMS.map((alarm) => ({
          source: "aws:cloudwatch:alarm",
          value: alarmArn(this, region.name, alarm),
        })),
        experimentOptions: { accountTargeting: "single-account", emptyTargetResolutionMode: "fail" },
        logConfiguration: {
          logSchemaVersion: 2,
          cloudwatchLogsConfiguration: { logGroupArn: `${logs.arn}:*` },
        },
        tags: { Name: `${experiment.name}-${region.name}` },
        provider,
      });
    }
  }

  private role(experiment: Experiment): ServiceRole {
    const role = new ServiceRole(this, `role-${experiment.name}`, {
      name: this.named(`experiment-${experiment.name}`),
      service: "fis.amazonaws.com",
      statements: [
        ...(experiment.statements?.(this) ?? []),
        // Log delivery and the look-up of targets by tag have no resources to name.
        { actions: ["logs:CreateLogDelivery", "tag:GetResources"], resources: ["*"] },
        {
          actions: ["cloudwatch:DescribeAlarms"],
          resources: this.environment.regions.map(
            ({ name }) => `arn:aws:cloudwatch:${name}:${this.accountId}:alarm:${this.named("*")}`,
          ),
        },
      ],
    });
    for (const name of experiment.policies)
      new IamRolePolicyAttachment(this, `role-${experiment.name}-${name.toLowerCase()}`, {
        role: role.role.name,
        policyArn: `arn:aws:iam::aws:policy/service-role/AWSFaultInjectionSimulator${name}Access`,
      });
    return role;
  }
}

function templateTarget(name: string, target: Target) {
  const { resourceType, tags = {}, arns, filters = [], parameters = {}, selectionMode = "ALL" } = target;
  return {
    name,
    resourceType,
    selectionMode,
    ...(arns === undefined
      ? { resourceTag: Object.entries(tags).map(([key, value]) => ({ key, value })) }
      : { resourceArns: [...arns] }),
    ...(filters.length === 0
      ? {}
      : { filter: filters.map(({ path, values }) => ({ path, values: [...values] })) }),
    ...(Object.keys(parameters).length === 0 ? {} : { parameters: { ...parameters } }),
  };
}

/** Waits, and asks CloudWatch: the action fails, and the experiment with it, where an alarm is in another state. */
function assertions(place: ExperimentPlace, { expects }: Experiment): Readonly<Record<string, Action>> {
  const { stack, region } = place;
  return Object.fromEntries(
    expects(place).flatMap(({ alarms, state, afterMinutes }) => {
      const wait = `${state.toLowerCase()}-after`;
      const alarmArns = alarms.map((alarm) => alarmArn(stack, region.name, alarm)).join(",");
      return [
        [wait, { actionId: "aws:fis:wait", parameters: { duration: `PT${afterMinutes}M` } }],
        [
          `${state.toLowerCase()}-expected`,
          {
            actionId: "aws:cloudwatch:assert-alarm-state",
            parameters: { alarmArns, alarmStates: state },
            startAfter: [wait],
          },
        ],
      ] as [string, Action][];
    }),
  );
}

function templateAction(name: string, { actionId, on = {}, parameters, startAfter = [] }: Action) {
  const [target] = Object.entries(on);
  return {
    name,
    actionId,
    parameter: Object.entries(parameters).map(([key, value]) => ({ key, value })),
    ...(target === undefined ? {} : { target: { key: target[0], value: target[1] } }),
    ...(startAfter.length === 0 ? {} : { startAfter: [...startAfter] }),
  };
}
