import { LOOKUPS_MAX } from "#services/notifier/notifier-handler.ts";
import { CONSUMERS_MAX, commandStreamConsumers, ZONE_SLOTS } from "#shared/config/aws/streams.ts";
import { ASSUMED } from "./assumptions.ts";
import { MEASURED, runsOf } from "./measured.ts";
import { QUOTAS } from "./quotas.ts";
import { CORE_MICROS_PER_ORDER, MARKET_ORDERS, SHARD_ORDERS } from "./shard-limits.ts";

export interface CapacityQuestion {
  readonly ordersPerSecond: number;
  readonly regions: number;
  /** Meridian's shards; as many as are needed if not said. */
  readonly shards?: number;
}

/** Something that is needed, so many times. */
export interface Need {
  readonly service: string;
  readonly what: string;
  /** In each Region. */
  readonly perRegion: number;
  /** In all Regions together. */
  readonly total: number;
  /** Wherever it is: not so many in each Region. */
  readonly isOnce: boolean;
  /** What decides the number. */
  readonly because: string;
}

/** One cell: gateways, shards, fan-out, bus and ledger that need nothing of another cell to trade. */
export interface Cell {
  readonly ordersPerSecond: number;
  readonly shards: number;
  readonly ordersPerShard: number;
  /** Of each, in each Region. */
  readonly gateways: number;
  readonly matchingTasks: number;
  readonly redisPrimaries: number;
  readonly ledgerUnits: number;
  /** How long a gateway gathers commands for a record, so that all gateways' records fit into a Kinesis shard. */
  readonly lingerMs: number;
}

export interface CapacityPlan {
  readonly question: CapacityQuestion;
  readonly zones: number;
  readonly cells: number;
  readonly cell: Cell;
  readonly shards: number;
  /** Markets that must share the load, if each one's events shall leave the exchange as fast as they happen. */
  readonly marketsAtLeast: number;
  readonly needs: readonly Need[];
  /** What must change in the code, or be asked of AWS, before this works. */
  readonly before: readonly string[];
}

const ZONES = 3;
const GATEWAYS_MIN = 3;
const LINGER_MS_MIN = 5;
const REDIS_COPIES = 3;
const LEDGER_INSTANCES = 2;
const KIB = 1024;
/** A majority must be left when one is lost; and each Region has consumers at every log. */
export const REGION_COUNTS: readonly number[] = [1, 3, 4, 5, 6].filter(
  (count) =>
    commandStreamConsumers(Array.from({ length: count }, (_, at) => `region-${at}`)).length <= CONSUMERS_MAX,
);

const { headroom } = ASSUMED;

/** Orders a second that a gateway can hear of: it is sent every message of its cell and Region, and has a bounded part of its core for those that nobody follows there. */
const HEARD_ORDERS =
  (ASSUMED.hearShare.value * 1e6) / MEASURED.hearMicros.value / MEASURED.roomMessages.value;

/** Orders a second of a cell: as many full shards as its gateways can hear of. */
export const CELL_ORDERS =
  HEARD_ORDERS < SHARD_ORDERS ? HEARD_ORDERS : Math.floor(HEARD_ORDERS / SHARD_ORDERS) * SHARD_ORDERS;

/** What a load needs. Any Region may be lost: the others carry its clients, and one alone may own all shards. */
export function capacityPlan(question: CapacityQuestion): CapacityPlan {
  const { ordersPerSecond, regions } = question;
  const cells = Math.max(1, Math.ceil(ordersPerSecond / CELL_ORDERS));
  const cell = cellOf(question, cells);
  const shards = cells * cell.shards;
  const marketsAtLeast = Math.ceil(ordersPerSecond / MARKET_ORDERS);
  const plan = { question, zones: ZONES, cells, cell, shards, marketsAtLeast };
  const needs = needsOf(plan);
  return { ...plan, needs, before: changesBefore(plan, needs, regions) };
}

function cellOf({ ordersPerSecond, regions, shards }: CapacityQuestion, cells: number): Cell {
  const orders = ordersPerSecond / cells;
  const serving = Math.max(1, regions - 1);
  const gateways = Math.max(
    GATEWAYS_MIN,
    Math.ceil(orders / serving / (headroom.value * MEASURED.gatewayOrders.value)),
    Math.ceil(orders / serving / ASSUMED.ordersPerConnection.value / ASSUMED.connectionsPerGateway.value),
  );
  const shardsOfCell = Math.ceil(shards === undefined ? orders / SHARD_ORDERS : shards / cells);
  const messages = orders * MEASURED.roomMessages.value;
  return {
    ordersPerSecond: orders,
    shards: shardsOfCell,
    ordersPerShard: orders / shardsOfCell,
    gateways,
    matchingTasks: Math.ceil((orders * CORE_MICROS_PER_ORDER) / 1e6 / headroom.value),
    redisPrimaries: Math.ceil(
      Math.max(
        messages / (headroom.value * ASSUMED.redisPublishes.value),
        (messages * MEASURED.roomBytes.value * gateways) / (headroom.value * QUOTAS.cacheNodeBytes.value),
      ),
    ),
    ledgerUnits: Math.ceil(
      (orders * MEASURED.tradesPerOrder.value) / ASSUMED.ledgerTradesPerUnit.value / headroom.value,
    ),
    lingerMs: Math.max(
      LINGER_MS_MIN,
      Math.ceil((1000 * gateways * regions) / (headroom.value * QUOTAS.kinesisWriteRecords.value)),
    ),
  };
}

type Sized = Omit<CapacityPlan, "needs" | "before">;

function needsOf({ question, cells, cell, shards, marketsAtLeast }: Sized): readonly Need[] {
  const { ordersPerSecond: orders, regions } = question;
  const need = (service: string, what: string, perRegion: number, because: string): Need => ({
    ...{ service, what, because, isOnce: false },
    perRegion: Math.ceil(perRegion),
    total: Math.ceil(perRegion * regions),
  });
  const once = (service: string, what: string, count: number, because: string): Need => ({
    ...{ service, what, because, isOnce: true },
    perRegion: Math.ceil(count / regions),
    total: Math.ceil(count),
  });
  const consumers = ZONE_SLOTS.length * regions;
  const serving = Math.max(1, regions - 1);
  const commands = orders * MEASURED.commandsPerOrder.value;
  const { messagesPerOrder, deliveriesPerOrder } = busOf(cell);
  const calls = (orders * deliveriesPerOrder) / QUOTAS.lambdaBatch.value;
  const tapes = orders * MEASURED.journalUnits.value * regions;
  return [
    need("ECS", "gateway tasks", cells * cell.gateways, "orders, sockets; at least one a zone"),
    need(
      "ECS",
      "matching tasks, two slots",
      cells * cell.matchingTasks * ZONE_SLOTS.length,
      "a core folds and emits",
    ),
    need("ECS", "reconciliation tasks", cells, "one a cell"),
    need("Kinesis", "streams", 2 * cells, "command log and market feed, each cell its own"),
    need("Kinesis", "shards of the command logs", shards, "one for each of Meridian's"),
    need(
      "Kinesis",
      "consumers of a stream",
      consumers,
      `${ZONE_SLOTS.length} slots and reconciliation of each Region; 20 are allowed`,
    ),
    need("Kinesis", "subscriptions", shards * consumers, "each consumer of each shard"),
    need("DynamoDB", "write units/s: journal", tapes, "each Region's tape, in every Region"),
    need(
      "DynamoDB",
      "write units/s: orders, trades, candles",
      orders * MEASURED.tableUnits.value,
      "each Region's own tables",
    ),
    need("DynamoDB", "write units/s: steps", orders * MEASURED.stepUnits.value, "each Region's own tables"),
    need(
      "DynamoDB",
      "write units/s: copies of other Regions' logs",
      regions === 1 ? 0 : (commands * MEASURED.commandBytes.value) / KIB,
      "one for each kB",
    ),
    need(
      "ElastiCache",
      "nodes",
      cells * cell.redisPrimaries * REDIS_COPIES,
      "messages in, bytes to every gateway; copies in two more zones",
    ),
    once(
      "SNS FIFO",
      "messages/s",
      orders * messagesPerOrder,
      "runs of a market's events; told once, by the owner's Region",
    ),
    once("SNS FIFO", "message groups, at least", marketsAtLeast, "markets that share the load"),
    once("SQS FIFO", "calls/s of receive, and of delete", calls, "ten messages a call"),
    once(
      "Lambda",
      "calls at a time",
      (calls * ASSUMED.functionCallMs.value +
        orders * MEASURED.tradesPerOrder.value * (MEASURED.ledgerMicros.value / 1000) +
        (orders * MEASURED.busEvents.value * ASSUMED.lookupMs.value) / LOOKUPS_MAX) /
        1000,
      "batches of ten, and what each event takes",
    ),
    once(
      "Aurora",
      "capacity units that write",
      cells * cell.ledgerUnits,
      "trades booked, each cell its own ledger",
    ),
    once(
      "Aurora",
      "instances",
      cells * LEDGER_INSTANCES * regions,
      "a second one in another zone; followers in other Regions",
    ),
    need(
      "API Gateway",
      "requests/s",
      (orders * ASSUMED.requestsPerOrder.value) / serving,
      "one Region may be lost",
    ),
    once("CloudFront", "requests/s", orders * ASSUMED.requestsPerOrder.value, "all of them"),
    need(
      "edge",
      "sockets",
      orders / serving / ASSUMED.ordersPerConnection.value,
      "clients; one Region may be lost",
    ),
  ];
}

/** What the bus makes of an order: the outcomes that come of a market while one publish is under way share runs. */
function busOf({ ordersPerShard }: Cell) {
  const perMarket = (ordersPerShard * MEASURED.commandsPerOrder.value) / ASSUMED.marketsPerShard.value;
  return runsOf((perMarket * ASSUMED.snsRoundTripMs.value) / 1000);
}

function changesBefore(
  { question, cells, cell, shards, marketsAtLeast }: Sized,
  needs: readonly Need[],
  regions: number,
): readonly string[] {
  const of = (service: string, what: string) =>
    needs.find((need) => need.service === service && need.what === what)?.perRegion ?? 0;
  const raise = (what: string, needed: number, quota: number) =>
    needed > quota
      ? [`AWS: raise ${what} from ${count(quota)} to ${count(needed)}, or spread cells over accounts`]
      : [];
  const markets = question.ordersPerSecond / Math.max(1, shards * ASSUMED.marketsPerShard.value);
  const shardLoad = cell.ordersPerShard / SHARD_ORDERS;
  return [
    ...(shardLoad > 1
      ? [
          `${shards} shards are too few: each would carry ${Math.round(100 * shardLoad)} % of what it is planned with`,
        ]
      : []),
    ...(markets > MARKET_ORDERS
      ? [
          `markets: ${marketsAtLeast} equally busy ones at least: with ${ASSUMED.marketsPerShard.value} markets a shard each has ${count(markets)} orders/s, and ${count(MARKET_ORDERS)} leave as they happen`,
        ]
      : []),
    ...(cells > 1
      ? [
          `cells: ${cells} of them, each with names of its own that clients find a market's orders at; one platform runs one cell today`,
        ]
      : []),
    ...(cell.redisPrimaries > 1
      ? [
          `fan-out: ${cell.redisPrimaries} Redis primaries a cell, each for some shards; matching emits to one today`,
        ]
      : []),
    ...(cell.matchingTasks > 1
      ? [`matching: ${cell.matchingTasks} groups of shards in the environment's settings`]
      : []),
    ...raise(
      "Kinesis shards of an account",
      of("Kinesis", "shards of the command logs"),
      QUOTAS.kinesisShardsElsewhere.value,
    ),
    ...raise(
      "DynamoDB's write units of a table",
      of("DynamoDB", "write units/s: orders, trades, candles"),
      QUOTAS.dynamoTableWrites.value,
    ),
    // All of them in one Region, while it owns every shard.
    ...raise(
      "SNS FIFO messages of an account",
      question.ordersPerSecond * busOf(cell).messagesPerOrder,
      QUOTAS.snsMessages.value,
    ),
    ...raise(
      "API Gateway's requests of an account",
      of("API Gateway", "requests/s"),
      QUOTAS.apiRequests.value,
    ),
    ...raise(
      "Lambda's calls at a time",
      of("Lambda", "calls at a time") * regions,
      QUOTAS.lambdaConcurrency.value,
    ),
    ...raise(
      "CloudFront's requests of a distribution",
      question.ordersPerSecond * ASSUMED.requestsPerOrder.value,
      QUOTAS.cloudFrontRequests.value,
    ),
  ];
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}
