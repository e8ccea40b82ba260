import { ofOrders } from "#infra/cost/estimate.ts";
import { PRICES, type PriceName, REGION_FACTOR } from "#infra/cost/prices.ts";
import { trafficInBatchesOf } from "#infra/cost/traffic.ts";
import { prod } from "#infra/environments/environments.ts";
import { ownerFromVariables } from "#infra/environments/owner.ts";
import { ZONE_SLOTS } from "#shared/config/aws/streams.ts";
import type { CapacityPlan } from "./plan.ts";

/** A part of what a million orders cost at a load that lasts. */
export interface MillionCost {
  readonly service: string;
  /** USD for a million orders: what stands there, by how long a million takes, and what they cause. */
  readonly standingUsd: number;
  readonly causedUsd: number;
}

/** Outcomes in a batch where a shard is busy: as MEASURED has it. */
const BUSY_BATCH = 200;
const AURORA_FOLLOWER_SHARE = 0.5;

/** By service, dearest first: us-east-1's list prices, other Regions by the mean of their factors. */
export function costOfMillion({ question, cells, cell, shards }: CapacityPlan): readonly MillionCost[] {
  const { ordersPerSecond, regions } = question;
  const sizes = prod(ownerFromVariables({}));
  const factors = Object.values(REGION_FACTOR);
  const factor = regions === 1 ? 1 : factors.reduce((sum, one) => sum + one, 0) / factors.length;
  const hoursOfMillion = 1e6 / ordersPerSecond / 3600;
  const consumers = ZONE_SLOTS.length * regions;
  const fargate = (service: { readonly cpu: number; readonly memoryMib: number }, tasks: number) => [
    ["ECS", "fargateVcpuHour", (service.cpu / 1024) * tasks] as const,
    ["ECS", "fargateGbHour", (service.memoryMib / 1024) * tasks] as const,
  ];
  // In each Region, for an hour.
  const standing: readonly (readonly [service: string, price: PriceName, count: number])[] = [
    ...fargate(sizes.gateway, cells * cell.gateways),
    ...fargate(sizes.matching, cells * cell.matchingTasks * ZONE_SLOTS.length),
    ...fargate(sizes.reconciliation, cells),
    ["Kinesis", "kinesisShardHour", 2 * shards],
    ["Kinesis", "kinesisRetentionHour", shards],
    ["Kinesis", "kinesisFanOutHour", shards * consumers],
    ["ElastiCache", "cacheM7gLargeHour", cells * cell.redisPrimaries * 3],
    ["Aurora", "auroraAcuHour", cells * cell.ledgerUnits * (1 + AURORA_FOLLOWER_SHARE)],
    ["VPC and ELB", "natHour", 3 * cells],
    ["VPC and ELB", "albHour", 2 * cells],
    ["VPC and ELB", "endpointHour", 3 * sizes.network.interfaceEndpoints.length * cells],
    ["DynamoDB", "dynamoWriteUnitHour", sizes.register.writeUnits * cells],
    [
      "Prometheus",
      "metricSamplesMillion",
      (cells * (cell.gateways + ZONE_SLOTS.length * cell.matchingTasks + 1) * 200 * 60) / 1e6,
    ],
  ];
  const caused = ofOrders(
    {
      regions: Array.from({ length: regions }, () => sizes.regions[0] as (typeof sizes.regions)[number]),
      commandLog: sizes.commandLog,
    },
    1,
    trafficInBatchesOf(BUSY_BATCH),
  );
  const costs = [
    ...standing.map(([service, price, count]) => ({
      service,
      standingUsd: PRICES[price].usd * count * regions * factor * hoursOfMillion,
      causedUsd: 0,
    })),
    ...caused.map(({ service, price, units }) => ({
      service: service === "VPC" ? "VPC and ELB" : service,
      standingUsd: 0,
      causedUsd: units * PRICES[price].usd,
    })),
  ];
  return [...Map.groupBy(costs, ({ service }) => service)]
    .map(([service, all]) => ({
      service,
      standingUsd: all.reduce((sum, one) => sum + one.standingUsd, 0),
      causedUsd: all.reduce((sum, one) => sum + one.causedUsd, 0),
    }))
    .toSorted((a, b) => b.standingUsd + b.causedUsd - a.standingUsd - a.causedUsd);
}

export function totalOf(costs: readonly MillionCost[]): number {
  return costs.reduce((sum, { standingUsd, causedUsd }) => sum + standingUsd + causedUsd, 0);
}
