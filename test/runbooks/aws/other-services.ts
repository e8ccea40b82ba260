import type { Operation } from "./sdk-models.ts";

const of = (required: readonly string[], optional: readonly string[] = []): Operation => ({
  required,
  members: [...required, ...optional],
});

/**
 * Operations of services whose SDK client is no dependency of ours, as far as runbooks use them: the names of AWS's API references (Amazon RDS, Amazon ECS, AWS FIS, "Actions"), where a parameter that is required there is required here. `clientToken` of FIS is required by
 * the API and filled in by the CLI.
 */
export const OTHER_SERVICES: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  rds: {
    DescribeDBClusters: of([], ["DBClusterIdentifier", "Filters", "MaxRecords", "Marker", "IncludeShared"]),
    DescribeGlobalClusters: of([], ["GlobalClusterIdentifier", "Filters", "MaxRecords", "Marker"]),
    SwitchoverGlobalCluster: of(["GlobalClusterIdentifier", "TargetDbClusterIdentifier"]),
    FailoverGlobalCluster: of(
      ["GlobalClusterIdentifier", "TargetDbClusterIdentifier"],
      ["AllowDataLoss", "Switchover"],
    ),
  },
  ecs: {
    DescribeServices: of(["services"], ["cluster", "include"]),
    ListTaskDefinitions: of([], ["familyPrefix", "status", "sort", "nextToken", "maxResults"]),
    ListTasks: of(
      [],
      ["cluster", "containerInstance", "family", "serviceName", "desiredStatus", "launchType"],
    ),
    StopTask: of(["task"], ["cluster", "reason"]),
    UpdateService: of(["service"], ["cluster", "desiredCount", "taskDefinition", "forceNewDeployment"]),
  },
  fis: {
    ListExperimentTemplates: of([], ["maxResults", "nextToken"]),
    ListExperiments: of([], ["experimentTemplateId", "maxResults", "nextToken"]),
    StartExperiment: of(["experimentTemplateId"], ["clientToken", "experimentOptions", "tags"]),
    StopExperiment: of(["id"]),
  },
};
