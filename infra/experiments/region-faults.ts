import { type Experiment, taskSubnets, tasksOf } from "./experiment.ts";

export const regionLoss: Experiment = {
  name: "region-loss",
  hypothesis:
    "Route 53 sends clients elsewhere within a minute; shards owned here are owned elsewhere once the lease has run out; what the Region had accepted and nobody had seen is replayed when it returns.",
  targets: (place) => ({ subnets: taskSubnets(place) }),
  actions: () => ({
    network: {
      actionId: "aws:network:disrupt-connectivity",
      on: { Subnets: "subnets" },
      parameters: { duration: "PT15M", scope: "all" },
    },
  }),
  // Queues are outside the Region's network: what others ask stands there, and nobody reads it.
  expects: ({ stack }) => [
    {
      alarms: stack.environment.matching.groups.slice(0, 5).map(({ name }) => `link-${name}-unread`),
      ...{ state: "ALARM", afterMinutes: 6 },
    },
  ],
  policies: ["Network"],
  needsOthers: true,
};

export const partition: Experiment = {
  name: "partition",
  hypothesis:
    "The other two Regions keep or take ownership. Here markets fork or halt as their policy says; nothing leaves a fork; after the heal every provisional fill is confirmed or compensated.",
  targets: (place) => ({ subnets: taskSubnets(place) }),
  actions: ({ others }) =>
    Object.fromEntries(
      others.map(({ name }) => [
        `cut-${name}`,
        {
          actionId: "aws:network:route-table-disrupt-cross-region-connectivity",
          on: { Subnets: "subnets" },
          parameters: { duration: "PT10M", region: name },
        },
      ]),
    ),
  // Who trades here trades on, in a fork; that a link is cut is the platform's own alert.
  expects: () => [{ alarms: ["gateway-none-healthy", "gateway-errors"], state: "OK", afterMinutes: 8 }],
  policies: ["Network"],
  needsOthers: true,
};

export const latency: Experiment = {
  name: "latency",
  hypothesis:
    "Time to accept grows by the delay and not by more; clients retry with the same ids; no order happens twice.",
  targets: () => ({ gateways: tasksOf("gateway", "PERCENT(50)") }),
  actions: () => ({
    delay: {
      actionId: "aws:ecs:task-network-latency",
      on: { Tasks: "gateways" },
      parameters: {
        duration: "PT10M",
        delayMilliseconds: "200",
        jitterMilliseconds: "50",
        sources: "0.0.0.0/0",
        useEcsFaultInjectionEndpoints: "true",
      },
    },
  }),
  expects: () => [{ alarms: ["gateway-none-healthy", "gateway-errors"], state: "OK", afterMinutes: 8 }],
  policies: ["ECS"],
};

export const cpuStarve: Experiment = {
  name: "cpu-starve",
  hypothesis:
    "Matching folds slower, the page warns of the time to accept, and the log takes orders all the while; digests stay equal.",
  targets: ({ stack }) =>
    Object.fromEntries(
      stack.environment.matching.groups.map(({ name }) => [
        `matching-${name}`,
        tasksOf(`matching-${name}-a`),
      ]),
    ),
  actions: ({ stack }) =>
    Object.fromEntries(
      stack.environment.matching.groups.map(({ name }) => [
        `starve-${name}`,
        {
          actionId: "aws:ecs:task-cpu-stress",
          on: { Tasks: `matching-${name}` },
          parameters: { duration: "PT5M", percent: "90", installDependencies: "True" },
        },
      ]),
    ),
  expects: () => [{ alarms: ["commands-throttled", "ProcessDown"], state: "OK", afterMinutes: 4 }],
  policies: ["ECS", "SSM"],
};
