import { REGIONS, type RegionFacts } from "#infra/facts/regions.ts";
import {
  AURORA_ACU,
  CACHE_NODE_GIB,
  FARGATE_MEMORY_MIB,
  LOG_RETENTION_DAYS,
  SEARCH_INSTANCES,
} from "#infra/facts/sizes.ts";
import { CONSUMERS_MAX, commandStreamConsumers, RETENTION_HOURS_MIN } from "#shared/config/aws/streams.ts";
import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { Environment, RegionSettings, TaskSize } from "./environment.ts";

/** An environment that cannot be: each line says what is wrong and what would be right. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  readonly problems: readonly string[];

  constructor(environment: string, problems: readonly string[]) {
    super(`environment ${environment}:\n${problems.map((line) => `  ${line}`).join("\n")}`);
    this.problems = problems;
  }
}

/** Throws `EnvironmentError` with everything that is wrong. AWS would say most of it only halfway through an apply. */
export function checkEnvironment(environment: Environment): void {
  const problems = [
    ...checkOwner(environment),
    ...checkRegions(environment.regions),
    ...checkTasks(environment),
    ...checkShards(environment),
    ...checkCommandLog(environment),
    ...checkStores(environment),
  ];
  if (problems.length > 0) throw new EnvironmentError(environment.name, problems);
}

function checkOwner({ owner, name, testFunds }: Environment): string[] {
  const problems: string[] = [];
  if (testFunds && name === "prod") problems.push("prod: gives no test funds");
  if (!/^\d{12}$/.test(owner.accountId)) problems.push(`account id ${owner.accountId}: not 12 digits`);
  if (!/^([a-z0-9-]+\.)+[a-z]{2,}$/.test(owner.domain))
    problems.push(`domain ${owner.domain}: not a host name such as dev.example.com`);
  if (!/^[^@\s]+@[^@\s]+$/.test(owner.alertEmail))
    problems.push(`alert address ${owner.alertEmail}: not mail`);
  if (!/^[\w.-]+\/[\w.-]+$/.test(owner.repository))
    problems.push(`repository ${owner.repository}: not owner/name`);
  if (!/^[\w][\w.-]{0,127}$/.test(owner.imageTag)) problems.push(`image tag ${owner.imageTag}: not a tag`);
  return problems;
}

function checkRegions(regions: readonly RegionSettings[]): string[] {
  const problems: string[] = [];
  if (regions.length !== 1 && regions.length !== 3)
    problems.push(`${regions.length} Regions: a majority needs 3, and 1 stands alone`);
  for (const { name, zones, cidr } of regions) {
    const facts: RegionFacts | undefined = REGIONS[name];
    if (facts === undefined) {
      problems.push(`Region ${name}: not one of ${Object.keys(REGIONS).join(", ")} (infra/facts/regions.ts)`);
      continue;
    }
    for (const zone of zones)
      if (!facts.zones.includes(zone)) problems.push(`zone ${zone}: ${name} has ${facts.zones.join(", ")}`);
    if (new Set(zones).size !== zones.length)
      problems.push(`Region ${name}: a zone twice (${zones.join(", ")})`);
    if (!/^10\.\d{1,3}\.0\.0\/16$/.test(cidr)) problems.push(`Region ${name}: ${cidr} is not a 10.x.0.0/16`);
  }
  for (const what of ["name", "cidr"] as const) {
    const all = regions.map((region) => region[what]);
    if (new Set(all).size !== all.length)
      problems.push(`two Regions with the same ${what}: ${all.join(", ")}`);
  }
  const consumers = commandStreamConsumers(regions.map(({ name }) => name)).length;
  if (consumers > CONSUMERS_MAX)
    problems.push(`${consumers} consumers a command stream: AWS allows ${CONSUMERS_MAX}`);
  return problems;
}

function checkTasks({ gateway, matching, reconciliation }: Environment): string[] {
  const tasks: Record<string, TaskSize> = { gateway, matching, reconciliation };
  const problems = Object.entries(tasks).flatMap(([name, { cpu, memoryMib }]) => {
    const fits = FARGATE_MEMORY_MIB[cpu];
    if (fits === undefined)
      return [`${name}: ${cpu} CPU units; Fargate has ${Object.keys(FARGATE_MEMORY_MIB).join(", ")}`];
    return fits.includes(memoryMib)
      ? []
      : [`${name}: ${memoryMib} MiB with ${cpu} CPU units; Fargate has ${fits[0]} to ${fits.at(-1)} for it`];
  });
  if (gateway.tasksMin < 1 || gateway.tasksMax < gateway.tasksMin)
    problems.push(`gateway: from ${gateway.tasksMin} to ${gateway.tasksMax} tasks`);
  return problems;
}

function checkShards({ matching }: Environment): string[] {
  const placed = matching.groups.flatMap(({ shards }) => shards);
  const known = defaultDefinitions().shards.map(({ id }) => id as string);
  return [
    ...known
      .filter((shard) => !placed.includes(shard))
      .map((shard) => `shard ${shard}: in no matching group`),
    ...placed
      .filter((shard) => !known.includes(shard))
      .map((shard) => `shard ${shard}: not in shared/config/markets.json`),
    ...placed
      .filter((shard, at) => placed.indexOf(shard) !== at)
      .map((shard) => `shard ${shard}: in two matching groups`),
  ];
}

function checkCommandLog({ commandLog, regions }: Environment): string[] {
  const { shards, retentionHours, marketShards } = commandLog;
  const most = defaultDefinitions().shards.length;
  const problems: string[] = [];
  if (!Number.isInteger(shards) || shards < 1 || shards > most)
    problems.push(`command log: ${shards} Kinesis shards for ${most} shards`);
  if (!Number.isInteger(marketShards) || marketShards < 0)
    problems.push(`market feed: ${marketShards} Kinesis shards`);
  if (retentionHours < 24 || retentionHours > 8760)
    problems.push(`command log: kept ${retentionHours} h; Kinesis takes 24 to 8760`);
  if (regions.length > 1 && retentionHours < RETENTION_HOURS_MIN)
    problems.push(`command log: kept ${retentionHours} h; several Regions need ${RETENTION_HOURS_MIN}`);
  return problems;
}

function checkStores({ fanout, ledger, search, logDays, backupDays }: Environment): string[] {
  const problems: string[] = [];
  if (CACHE_NODE_GIB[fanout.nodeType] === undefined)
    problems.push(`fan-out node ${fanout.nodeType}: not one of ${Object.keys(CACHE_NODE_GIB).join(", ")}`);
  for (const acu of [ledger.minAcu, ledger.maxAcu])
    if (acu < AURORA_ACU.min || acu > AURORA_ACU.max || acu % AURORA_ACU.step !== 0)
      problems.push(`ledger: ${acu} ACU; Aurora takes ${AURORA_ACU.min} to ${AURORA_ACU.max} in halves`);
  if (ledger.maxAcu < Math.max(ledger.minAcu, 1))
    problems.push(`ledger: at most ${ledger.maxAcu} ACU; Aurora wants 1, and no less than the least`);
  if (search !== undefined && !SEARCH_INSTANCES.includes(search.instanceType))
    problems.push(`search instance ${search.instanceType}: not one of ${SEARCH_INSTANCES.join(", ")}`);
  if (search !== undefined && search.nodes % 3 !== 0)
    problems.push(`search: ${search.nodes} nodes do not spread over three zones`);
  if (!LOG_RETENTION_DAYS.includes(logDays))
    problems.push(`logs kept ${logDays} days: CloudWatch has no such`);
  if (backupDays < 1 || backupDays > 35)
    problems.push(`backups kept ${backupDays} days: Aurora takes 1 to 35`);
  return problems;
}
