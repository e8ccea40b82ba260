import type { RegionSettings } from "../environments/environment.ts";
import type { Statement } from "../policy-document.ts";
import type { MeridianStack } from "../stack.ts";

/** What an experiment is made for: a Region of an environment, and the others. */
export interface ExperimentPlace {
  readonly stack: MeridianStack;
  readonly region: RegionSettings;
  readonly others: readonly RegionSettings[];
}

/** One fault experiment, named as `npm run chaos` names it. */
export interface Experiment {
  readonly name: string;
  readonly hypothesis: string;
  readonly targets: (place: ExperimentPlace) => Readonly<Record<string, Target>>;
  readonly actions: (place: ExperimentPlace) => Readonly<Record<string, Action>>;
  /** What CloudWatch's alarms must say: an experiment in which they say something else has failed. */
  readonly expects: (place: ExperimentPlace) => readonly Expectation[];
  /** AWS's own policies for FIS's actions, by the last part of their names. */
  readonly policies: readonly ("ECS" | "Network" | "RDS" | "SSM")[];
  /** What those policies do not hold. */
  readonly statements?: (stack: MeridianStack) => readonly Statement[];
  /** It needs another Region. */
  readonly needsOthers?: true;
}

/** Alarms of the experiment's Region, by their names behind the environment's, and their state so long after it began. */
export interface Expectation {
  /** At most five, as FIS takes them. */
  readonly alarms: readonly string[];
  /** `ALARM` proves that whoever is on call was called; `OK` that what must not be felt was not. */
  readonly state: "ALARM" | "OK";
  readonly afterMinutes: number;
}

/** What is hurt. By tag, or by ARN. */
export interface Target {
  readonly resourceType: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly arns?: readonly string[];
  readonly filters?: readonly { readonly path: string; readonly values: readonly string[] }[];
  readonly parameters?: Readonly<Record<string, string>>;
  readonly selectionMode?: string;
}

/** One step. `on` maps the action's word for its target to the target's name here. */
export interface Action {
  readonly actionId: string;
  readonly on?: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly startAfter?: readonly string[];
}

/** Tasks of a service; FIS finds them by the tag that the service hands on. */
export function tasksOf(service: string, selectionMode = "ALL"): Target {
  return { resourceType: "aws:ecs:task", tags: { Experiment: service }, selectionMode };
}

/** The tasks' subnets of a Region, or of one of its zones. */
export function taskSubnets({ stack }: ExperimentPlace, zone?: string): Target {
  return {
    resourceType: "aws:ec2:subnet",
    tags: { Tier: "task", Environment: stack.environment.name },
    ...(zone === undefined ? {} : { filters: [{ path: "AvailabilityZone", values: [zone] }] }),
  };
}
