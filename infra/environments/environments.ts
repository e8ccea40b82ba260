import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { Environment, MatchingGroup, Owner, RegionSettings } from "./environment.ts";

const VIRGINIA: RegionSettings = {
  name: "us-east-1",
  zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
  cidr: "10.10.0.0/16",
};
const IRELAND: RegionSettings = {
  name: "eu-west-1",
  zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
  cidr: "10.20.0.0/16",
};
const TOKYO: RegionSettings = {
  name: "ap-northeast-1",
  zones: ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"],
  cidr: "10.30.0.0/16",
};

const SHARDS = defaultDefinitions().shards;

/** All shards in one pair of tasks: enough until one core is not (docs/performance.md). */
const TOGETHER: readonly MatchingGroup[] = [{ name: "all", shards: SHARDS.map(({ id }) => id) }];

/** One Region, everything small: to try the real thing, for less than 150 USD a month. */
export function dev(owner: Owner): Environment {
  return {
    name: "dev",
    owner,
    regions: [VIRGINIA],
    gateway: { cpu: 256, memoryMib: 1024, tasksMin: 1, tasksMax: 2, connectionsPerTask: 1000 },
    matching: { cpu: 256, memoryMib: 1024, groups: TOGETHER },
    reconciliation: { cpu: 256, memoryMib: 512 },
    spot: true,
    commandLog: { shards: 1, fanOut: false, retentionHours: 24, marketShards: 0 },
    fanout: { nodeType: "cache.t4g.micro", nodes: 1 },
    ledger: { minAcu: 0, maxAcu: 2, instances: 1 },
    search: undefined,
    network: { natGateways: "one", interfaceEndpoints: [] },
    register: { readUnits: 5, writeUnits: 5 },
    logDays: 7,
    backupDays: 1,
    deletionProtection: false,
    shieldAdvanced: false,
    dashboards: false,
    experiments: false,
    testFunds: true,
    monthlyBudgetUsd: 150,
  };
}

/** Three Regions as prod has them, with the smallest sizes that still fail over: where releases and experiments go first. */
export function staging(owner: Owner): Environment {
  return {
    ...prod(owner),
    name: "staging",
    gateway: { cpu: 512, memoryMib: 1024, tasksMin: 2, tasksMax: 4, connectionsPerTask: 2000 },
    matching: { cpu: 512, memoryMib: 2048, groups: TOGETHER },
    reconciliation: { cpu: 256, memoryMib: 1024 },
    commandLog: { shards: SHARDS.length, fanOut: true, retentionHours: 7 * 24, marketShards: 1 },
    fanout: { nodeType: "cache.t4g.small", nodes: 2 },
    ledger: { minAcu: 0.5, maxAcu: 4, instances: 2 },
    search: { instanceType: "t3.small.search", nodes: 3, diskGib: 20 },
    network: { natGateways: "one", interfaceEndpoints: [] },
    logDays: 14,
    backupDays: 7,
    deletionProtection: false,
    testFunds: true,
    monthlyBudgetUsd: 3500,
  };
}

/** Three Regions, so that two of three can decide. */
export function prod(owner: Owner): Environment {
  return {
    name: "prod",
    owner,
    regions: [VIRGINIA, IRELAND, TOKYO],
    gateway: { cpu: 1024, memoryMib: 2048, tasksMin: 3, tasksMax: 24, connectionsPerTask: 5000 },
    matching: { cpu: 2048, memoryMib: 8192, groups: TOGETHER },
    reconciliation: { cpu: 1024, memoryMib: 4096 },
    spot: false,
    commandLog: { shards: SHARDS.length, fanOut: true, retentionHours: 7 * 24, marketShards: 2 },
    fanout: { nodeType: "cache.m7g.large", nodes: 3 },
    ledger: { minAcu: 1, maxAcu: 16, instances: 2 },
    search: { instanceType: "m6g.large.search", nodes: 3, diskGib: 200 },
    network: {
      natGateways: "each-zone",
      interfaceEndpoints: [
        "kinesis-streams",
        "ecr.api",
        "ecr.dkr",
        "logs",
        "sns",
        "sqs",
        "secretsmanager",
        "kms",
      ],
    },
    register: { readUnits: 50, writeUnits: 50 },
    logDays: 90,
    backupDays: 35,
    deletionProtection: true,
    shieldAdvanced: false,
    dashboards: true,
    experiments: true,
    testFunds: false,
    monthlyBudgetUsd: 10_000,
  };
}

export const ENVIRONMENTS = { dev, staging, prod } as const;
export type EnvironmentName = keyof typeof ENVIRONMENTS;

export function isEnvironmentName(text: string): text is EnvironmentName {
  return Object.hasOwn(ENVIRONMENTS, text);
}
