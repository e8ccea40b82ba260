import type { Price } from "#infra/cost/prices.ts";
import { LOOKUPS_MAX } from "#services/notifier/notifier-handler.ts";
import { RUN_EVENTS_MAX } from "#shared/protocol/bus/bus-run.ts";
import { ASSUMED } from "./assumptions.ts";
import { MEASURED } from "./measured.ts";
import { QUOTAS } from "./quotas.ts";

/** How many orders a second one place takes, and what says so. */
export interface Limit {
  readonly name: LimitName;
  readonly service: string;
  readonly what: string;
  /** Orders a second of one shard, or of one market, if nothing else were in the way. */
  readonly ordersPerSecond: number;
  /** `measured` with the command; else AWS's quota. */
  readonly from: Price["from"] | { readonly measured: string };
}

export type LimitName =
  | "log-bytes"
  | "journal"
  | "copies"
  | "core"
  | "market-topic"
  | "market-topic-runs"
  | "market-function";

const WRITE_UNIT_BYTES = 1024;

/** What one core of a matching task spends on an order: it folds its commands and emits what its rooms are told. */
export const CORE_MICROS_PER_ORDER =
  MEASURED.commandsPerOrder.value * MEASURED.foldMicros.value +
  MEASURED.roomMessages.value * MEASURED.emitMicros.value;

/** Of one shard: what is in order must go one way, and so cannot be spread. */
export const SHARD_LIMITS: readonly Limit[] = [
  {
    name: "log-bytes",
    service: "Kinesis",
    what: "1 MB/s into the log's Kinesis shard",
    ordersPerSecond:
      QUOTAS.kinesisWriteBytes.value / (MEASURED.commandsPerOrder.value * MEASURED.commandBytes.value),
    from: QUOTAS.kinesisWriteBytes.from,
  },
  {
    name: "journal",
    service: "DynamoDB",
    what: "1,000 units/s into the tape's partition",
    ordersPerSecond: QUOTAS.dynamoPartitionWrites.value / MEASURED.journalUnits.value,
    from: QUOTAS.dynamoPartitionWrites.from,
  },
  {
    name: "copies",
    service: "DynamoDB",
    what: "1,000 units/s into a follower's copy of the log",
    ordersPerSecond:
      (QUOTAS.dynamoPartitionWrites.value * WRITE_UNIT_BYTES) /
      (MEASURED.commandsPerOrder.value * MEASURED.commandBytes.value),
    from: QUOTAS.dynamoPartitionWrites.from,
  },
  {
    name: "core",
    service: "matching",
    what: "one core that folds and tells the rooms",
    ordersPerSecond: 1e6 / CORE_MICROS_PER_ORDER,
    from: { measured: `${MEASURED.foldMicros.command}; ${MEASURED.emitMicros.command}` },
  },
];

/** A call of the notifier with ten full runs of one market: it looks up whom each event concerns, a bounded number at a time. */
const FULL_CALL_EVENTS = QUOTAS.lambdaBatch.value * RUN_EVENTS_MAX;
const FULL_CALL_MS = ASSUMED.functionCallMs.value + (FULL_CALL_EVENTS / LOOKUPS_MAX) * ASSUMED.lookupMs.value;

/** Of one market: its events leave in order, as one message group, in runs of up to a hundred of one topic. */
export const MARKET_LIMITS: readonly Limit[] = [
  {
    name: "market-topic",
    service: "SNS FIFO",
    what: `a run of ${RUN_EVENTS_MAX} events at a time, every ${ASSUMED.snsRoundTripMs.value} ms`,
    ordersPerSecond: (RUN_EVENTS_MAX * 1000) / ASSUMED.snsRoundTripMs.value / MEASURED.busTopicEvents.value,
    from: { assumed: `${ASSUMED.snsRoundTripMs.value} ms a publish` },
  },
  {
    name: "market-function",
    service: "Lambda",
    what: "one call of the notifier for a market at a time, ten runs each",
    ordersPerSecond: (FULL_CALL_EVENTS * 1000) / FULL_CALL_MS / MEASURED.busEvents.value,
    from: QUOTAS.lambdaGroupCalls.from,
  },
  {
    name: "market-topic-runs",
    service: "SNS FIFO",
    what: "300 full runs/s of a market, if several were under way",
    ordersPerSecond: (RUN_EVENTS_MAX * QUOTAS.snsGroupMessages.value) / MEASURED.busTopicEvents.value,
    from: QUOTAS.snsGroupMessages.from,
  },
];

/** Orders a second that a shard is planned with. */
export const SHARD_ORDERS =
  ASSUMED.headroom.value * Math.min(...SHARD_LIMITS.map(({ ordersPerSecond }) => ordersPerSecond));

/** Orders a second of a market whose events leave the exchange as fast as they happen. */
export const MARKET_ORDERS =
  ASSUMED.headroom.value * Math.min(...MARKET_LIMITS.map(({ ordersPerSecond }) => ordersPerSecond));
