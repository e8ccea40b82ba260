import type { Environment, TaskSize } from "#infra/environments/environment.ts";
import { liveDoorOf } from "#infra/environments/live-door.ts";
import { ZONE_SLOTS } from "#shared/config/aws/streams.ts";
import { AT_REST } from "./at-rest.ts";
import { PRICES, type PriceName, REGION_FACTOR } from "./prices.ts";
import { ORDERS_MONTH_MILLION, QUIET_TRAFFIC, type Traffic } from "./traffic.ts";

/**
 * What a Region sends to another one for a group of shards: a report or its answer for each of two shards, a status and its answer (docs/decisions/0026-the-link-of-a-deployment.md). With orders it is bounded by the
 * round trip, not by their number.
 */
const LINK_MESSAGES_A_SECOND = 5;
/** Routes of the HTTP API, and what API Gateway measures of each: requests, bytes, two kinds of errors, two latencies. */
const HTTP_ROUTE_COUNT = 8;
const HTTP_ROUTE_METRICS = 6;
/** Of a task: the service, the collector, the log router. */
const CONTAINERS = 3;
/** Hours of a month, as AWS counts. */
export const MONTH_HOURS = 730;

/** One line of a bill. */
export interface CostLine {
  readonly service: string;
  readonly what: string;
  readonly price: PriceName;
  /** Units of the price, a month. */
  readonly units: number;
  readonly usd: number;
  /** Part of what stands there without orders, or of what orders cause. */
  readonly kind: "standing" | "orders";
}

export interface Estimate {
  readonly lines: readonly CostLine[];
  readonly standingUsd: number;
  readonly ordersUsd: number;
  readonly ordersMillion: number;
}

interface Unpriced {
  readonly service: string;
  readonly what: string;
  readonly price: PriceName;
  readonly units: number;
}

/** What an environment costs a month: what stands there, and its traffic. */
export function estimate(
  environment: Environment,
  ordersMillion: number = ORDERS_MONTH_MILLION[environment.name],
): Estimate {
  const perRegion = environment.regions.flatMap(({ name }, at) =>
    standing(environment, at === 0).map((line) => priced(line, "standing", REGION_FACTOR[name] ?? 1)),
  );
  const lines = [
    ...sumByWhat(perRegion),
    ...once(environment).map((line) => priced(line, "standing", 1)),
    ...ofOrders(environment, ordersMillion).map((line) => priced(line, "orders", 1)),
  ];
  const sum = (kind: CostLine["kind"]) =>
    lines.filter((line) => line.kind === kind).reduce((total, { usd }) => total + usd, 0);
  return { lines, standingUsd: sum("standing"), ordersUsd: sum("orders"), ordersMillion };
}

function priced(line: Unpriced, kind: CostLine["kind"], factor: number): CostLine {
  return { ...line, kind, usd: line.units * PRICES[line.price].usd * factor };
}

function sumByWhat(lines: readonly CostLine[]): CostLine[] {
  const groups = Map.groupBy(lines, ({ service, what, price }) => `${service} ${what} ${price}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const total = (of: (line: CostLine) => number) => group.reduce((sum, line) => sum + of(line), 0);
    return [{ ...first, units: total(({ units }) => units), usd: total(({ usd }) => usd) }];
  });
}

/** What a Region has standing. */
function standing(environment: Environment, isHome: boolean): Unpriced[] {
  const { gateway, matching, reconciliation, spot, network, commandLog, fanout, ledger, search, register } =
    environment;
  const { dashboards } = environment;
  const groups = matching.groups.length;
  const regions = environment.regions.length;
  const consumers = commandLog.fanOut ? regions * ZONE_SLOTS.length : 0;
  // Each Region is home to as many.
  const foreignShards = AT_REST.shards * (1 - 1 / regions);
  const gateways = network.natGateways === "one" ? 1 : 3;
  const publicDoors = liveDoorOf(environment) === "public" ? 1 : 0;
  const services = 2 + groups * ZONE_SLOTS.length;
  const tasks = gateway.tasksMin + groups * ZONE_SLOTS.length + 1;
  const idleAcu = ledger.minAcu === 0 ? 0.05 : ledger.minAcu;
  return [
    ...fargate("gateway", gateway, gateway.tasksMin, spot),
    ...fargate("matching, both slots", matching, groups * ZONE_SLOTS.length, spot),
    ...fargate("reconciliation", reconciliation, 1, spot),
    hours("VPC", "NAT gateways", "natHour", gateways),
    hours(
      "VPC",
      "public addresses: NAT, public load balancer",
      "publicAddressHour",
      gateways + publicDoors * 3,
    ),
    hours("VPC", "interface endpoints in three zones", "endpointHour", network.interfaceEndpoints.length * 3),
    hours("ELB", "load balancers", "albHour", 1 + publicDoors),
    hours("ELB", "capacity units at rest", "albUnitHour", 0.1 * (1 + publicDoors)),
    hours("Kinesis", "command log", "kinesisShardHour", commandLog.shards),
    hours(
      "Kinesis",
      "command log kept over a day",
      "kinesisRetentionHour",
      commandLog.retentionHours > 24 ? commandLog.shards : 0,
    ),
    hours("Kinesis", "enhanced fan-out", "kinesisFanOutHour", consumers * commandLog.shards),
    hours("Kinesis", "market feed", "kinesisShardHour", commandLog.marketShards),
    seconds("Kinesis", "ticks at rest", "kinesisPutMillion", AT_REST.appends),
    hours("DynamoDB", "ownership register, writes", "dynamoWriteUnitHour", register.writeUnits),
    hours("DynamoDB", "ownership register, reads", "dynamoReadUnitHour", register.readUnits),
    seconds(
      "DynamoDB",
      "at rest: journal, leases, states",
      "dynamoWriteMillion",
      AT_REST.writeUnits + AT_REST.journalUnits * regions + AT_REST.copyWriteUnits * foreignShards,
    ),
    seconds(
      "DynamoDB",
      "at rest: looks",
      "dynamoReadMillion",
      AT_REST.readUnits + AT_REST.copyReadUnits * foreignShards,
    ),
    seconds("SQS", "at rest: queues of consumers asked", "sqsFifoMillion", AT_REST.receives),
    hours(
      "ElastiCache",
      `fan-out, ${fanout.nodeType}`,
      CACHE_PRICE[fanout.nodeType] ?? "cacheR7gLargeHour",
      fanout.nodes,
    ),
    hours("Aurora", "ledger at rest", "auroraAcuHour", idleAcu * ledger.instances),
    { service: "Aurora", what: "ledger, 10 GB", price: "auroraGbMonth", units: 10 },
    ...(search === undefined
      ? []
      : [
          hours(
            "OpenSearch",
            search.instanceType,
            SEARCH_PRICE[search.instanceType] ?? "searchR6gLargeHour",
            search.nodes,
          ),
          {
            service: "OpenSearch",
            what: "disks",
            price: "searchGbMonth" as const,
            units: search.nodes * search.diskGib,
          },
        ]),
    seconds(
      "SQS",
      "link between Regions: messages put, received, deleted",
      "sqsMillion",
      groups * (regions - 1) * LINK_MESSAGES_A_SECOND * 3,
    ),
    { service: "KMS", what: "keys for data and sealing", price: "keyMonth", units: 2 },
    { service: "Secrets Manager", what: "secrets", price: "secretMonth", units: isHome ? 4 : 3 },
    {
      service: "CloudWatch",
      what: "alarms, each metric of theirs",
      price: "alarmMonth",
      // The Region's own, six that scaling makes itself, and one that counts the tasks of each service.
      units: (isHome ? 17 : 18) + (regions > 1 ? groups : 0) + 6 + (dashboards ? services * 2 : 0),
    },
    { service: "CloudWatch", what: "alarms of alarms", price: "compositeAlarmMonth", units: 6 },
    {
      service: "CloudWatch",
      what: "metrics of the HTTP API's routes",
      price: "customMetricMonth",
      units: dashboards ? HTTP_ROUTE_COUNT * HTTP_ROUTE_METRICS : 0,
    },
    {
      service: "CloudWatch",
      what: "Container Insights: 20 metrics of each",
      price: "containerMetricMonth",
      units: dashboards ? 20 * (1 + services + tasks * (1 + CONTAINERS)) : 0,
    },
    { service: "CloudWatch", what: "log lines at rest", price: "logGb", units: 2 },
    {
      service: "Prometheus",
      what: "metrics: 200 series a task, every minute",
      price: "metricSamplesMillion",
      units: (tasks * 200 * MONTH_HOURS * 60) / 1e6,
    },
    { service: "ECR", what: "images, 3 GB", price: "imageGbMonth", units: 3 },
    { service: "S3", what: "logs, states, trail, the page: 10 GB", price: "fileGbMonth", units: 10 },
    { service: "Route 53", what: "health check", price: "healthCheckMonth", units: regions > 1 ? 1 : 0 },
  ];
}

/** What an environment has once. */
function once({ dashboards }: Environment): Unpriced[] {
  return [
    { service: "KMS", what: "key of the states", price: "keyMonth", units: 1 },
    { service: "Route 53", what: "zone", price: "zoneMonth", units: 1 },
    { service: "WAF", what: "rules at CloudFront", price: "wafMonth", units: 1 },
    ...(dashboards
      ? [
          {
            service: "Grafana",
            // Who asks its API in a month counts as a user.
            what: "5 editors, and the function that writes the boards",
            price: "grafanaEditorMonth" as const,
            units: 6,
          },
        ]
      : []),
  ];
}

/** What orders cause, over all Regions. */
export function ofOrders(
  { regions, commandLog }: Pick<Environment, "regions" | "commandLog">,
  million: number,
  of: Traffic = QUIET_TRAFFIC,
): Unpriced[] {
  const count = regions.length;
  const commands = of.commandsMillion * million;
  const gb = (bytes: number, millions: number) => (bytes * millions * 1e6) / 1e9;
  const commandGb = gb(of.commandBytes, commands);
  const journalGb = gb(of.journalBytes, commands);
  const calls = (of.deliveriesMillion * million) / of.messagesPerRequest;
  const others = count - 1;
  const storedGb = journalGb * count * count + (gb(1500, million) + commandGb) * count;
  return [
    {
      service: "Kinesis",
      what: "appends",
      price: "kinesisPutMillion",
      units: (commandGb * 1e9) / 25_000 / 1e6 + commands / 20,
    },
    {
      service: "Kinesis",
      what: "to consumers",
      price: "kinesisFanOutGb",
      units: commandLog.fanOut ? commandGb * count * 3 : 0,
    },
    {
      service: "Data transfer",
      what: "commands and tapes to other Regions",
      price: "betweenRegionsGb",
      units: (commandGb * 3 + journalGb * count) * others,
    },
    {
      service: "DynamoDB",
      what: "journal: each Region's tape, in every Region",
      price: "dynamoWriteMillion",
      units: of.journalUnits * count * count * million,
    },
    {
      service: "DynamoDB",
      what: "orders, trades, candles, each Region's own",
      price: "dynamoWriteMillion",
      units: (of.tableUnits + of.stepUnits) * count * million,
    },
    {
      service: "DynamoDB",
      what: "copies of other Regions' logs",
      price: "dynamoWriteMillion",
      units: commandGb * others,
    },
    {
      service: "DynamoDB",
      what: "questions",
      price: "dynamoReadMillion",
      units: of.requestsMillion * million,
    },
    { service: "DynamoDB", what: "stored of a month", price: "dynamoGbMonth", units: storedGb },
    { service: "DynamoDB", what: "its backups", price: "dynamoBackupGbMonth", units: storedGb },
    { service: "SNS", what: "published", price: "snsFifoMillion", units: of.busMessagesMillion * million },
    {
      service: "SNS",
      what: "delivered",
      price: "snsFifoDeliveryMillion",
      units: of.deliveriesMillion * million,
    },
    { service: "SQS", what: "received and deleted", price: "sqsFifoMillion", units: calls * 2 },
    { service: "Lambda", what: "calls", price: "lambdaMillion", units: calls },
    {
      service: "Lambda",
      what: "time",
      price: "lambdaGbSecond",
      units: ((calls * of.functionMsPerCall + million * of.functionMsPerOrder) / 1000) * 1e6 * 0.5,
    },
    {
      service: "API Gateway",
      what: "requests",
      price: "httpApiMillion",
      units: of.requestsMillion * million,
    },
    {
      service: "CloudFront",
      what: "requests",
      price: "cloudFrontMillion",
      units: of.requestsMillion * million,
    },
    {
      service: "CloudWatch",
      what: "a line a request in the access log",
      price: "logGb",
      units: gb(of.accessLogBytes, of.requestsMillion * million),
    },
    { service: "CloudFront", what: "out", price: "cloudFrontGb", units: gb(of.bytesOut, million) },
    { service: "WAF", what: "requests", price: "wafMillion", units: of.requestsMillion * million },
    { service: "VPC", what: "through NAT", price: "natGb", units: commandGb * 2 * count },
  ];
}

const CACHE_PRICE: Readonly<Record<string, PriceName>> = {
  "cache.t4g.micro": "cacheT4gMicroHour",
  "cache.t4g.small": "cacheT4gSmallHour",
  "cache.t4g.medium": "cacheT4gMediumHour",
  "cache.m7g.large": "cacheM7gLargeHour",
  "cache.r7g.large": "cacheR7gLargeHour",
};

const SEARCH_PRICE: Readonly<Record<string, PriceName>> = {
  "t3.small.search": "searchT3SmallHour",
  "t3.medium.search": "searchT3MediumHour",
  "m6g.large.search": "searchM6gLargeHour",
  "r6g.large.search": "searchR6gLargeHour",
};

function hours(service: string, what: string, price: PriceName, count: number): Unpriced {
  return { service, what, price, units: count * MONTH_HOURS };
}

/** Of a price by the million, so many a second. */
function seconds(service: string, what: string, price: PriceName, aSecond: number): Unpriced {
  return { service, what, price, units: (aSecond * MONTH_HOURS * 3600) / 1e6 };
}

function fargate(what: string, { cpu, memoryMib }: TaskSize, tasks: number, isSpot: boolean): Unpriced[] {
  const share = isSpot ? PRICES.fargateSpotShare.usd : 1;
  const label = isSpot ? `${what}, spot` : what;
  return [
    hours("Fargate", `${label}: vCPU`, "fargateVcpuHour", tasks * (cpu / 1024) * share),
    hours("Fargate", `${label}: memory`, "fargateGbHour", tasks * (memoryMib / 1024) * share),
  ];
}
