import { matchingName } from "../region/matching-service.ts";
import { type Experiment, type ExperimentPlace, type Target, taskSubnets } from "./experiment.ts";

/** Slot a's zone: the one whose matching task publishes. */
function zoneOf({ region }: ExperimentPlace): string {
  return region.zones[0];
}

function tasksInZone(place: ExperimentPlace, service: string): Target {
  return {
    resourceType: "aws:ecs:task",
    tags: { Experiment: service },
    filters: [{ path: "AvailabilityZone", values: [zoneOf(place)] }],
  };
}

export const zoneLoss: Experiment = {
  name: "zone-loss",
  hypothesis:
    "Slot b publishes within 5 s; gateways elsewhere take over the sockets; no acknowledged order is lost.",
  targets: (place) => ({
    gateways: tasksInZone(place, "gateway"),
    ...Object.fromEntries(
      place.stack.environment.matching.groups.map((group) => [
        matchingName(group, "a"),
        tasksInZone(place, matchingName(group, "a")),
      ]),
    ),
    subnets: taskSubnets(place, zoneOf(place)),
    cache: {
      resourceType: "aws:elasticache:replicationgroup",
      tags: { Experiment: "fanout" },
      parameters: { availabilityZoneIdentifier: zoneOf(place) },
    },
  }),
  actions: (place) => ({
    network: {
      actionId: "aws:network:disrupt-connectivity",
      on: { Subnets: "subnets" },
      parameters: { duration: "PT10M", scope: "all" },
    },
    cache: {
      actionId: "aws:elasticache:replicationgroup-interrupt-az-power",
      on: { ReplicationGroups: "cache" },
      parameters: { duration: "PT10M" },
    },
    gateways: { actionId: "aws:ecs:stop-task", on: { Tasks: "gateways" }, parameters: {} },
    ...Object.fromEntries(
      place.stack.environment.matching.groups.map((group) => [
        matchingName(group, "a"),
        { actionId: "aws:ecs:stop-task", on: { Tasks: matchingName(group, "a") }, parameters: {} },
      ]),
    ),
  }),
  // Slot a is of the zone: nowhere else are its tasks started again.
  expects: () => [
    { alarms: ["ProcessDown"], state: "ALARM", afterMinutes: 8 },
    { alarms: ["gateway-none-healthy"], state: "OK", afterMinutes: 8 },
  ],
  policies: ["ECS", "Network"],
  statements: (stack) => [interruptCache(stack)],
};

export function interruptCache(stack: ExperimentPlace["stack"]) {
  return {
    actions: ["elasticache:DescribeReplicationGroups", "elasticache:InterruptClusterAzPower"],
    resources: stack.environment.regions.map(
      ({ name }) =>
        `arn:aws:elasticache:${name}:${stack.accountId}:replicationgroup:${stack.named("fanout")}`,
    ),
  };
}
