import { ASSUMED } from "#infra/capacity/assumptions.ts";
import { MEASURED, runsOf, unitsInBatchesOf } from "#infra/capacity/measured.ts";
import { QUOTAS } from "#infra/capacity/quotas.ts";
import { LOOKUPS_MAX } from "#services/notifier/notifier-handler.ts";

/** What a million orders cause, in millions, bytes and milliseconds. Counted on the bench's flow where it can be counted; the rest are assumptions. */
export interface Traffic {
  readonly commandsMillion: number;
  readonly commandBytes: number;
  /** An outcome with its events, in the journal, packed. */
  readonly journalBytes: number;
  /** DynamoDB's write units of an order in one Region: its own tape, its tables, their steps. */
  readonly journalUnits: number;
  readonly tableUnits: number;
  readonly stepUnits: number;
  readonly tradesMillion: number;
  /** Messages on the bus, runs of a market's events, and what its queues are handed of them. */
  readonly busMessagesMillion: number;
  readonly deliveriesMillion: number;
  readonly messagesPerRequest: number;
  /** Requests at the edge: the order, and some questions. */
  readonly requestsMillion: number;
  /** Bytes of a request's line in the HTTP API's access log. */
  readonly accessLogBytes: number;
  /** Bytes out to browsers and bots. */
  readonly bytesOut: number;
  /** Milliseconds of a function of 512 MiB for a call, and of all of them for the events of an order. */
  readonly functionMsPerCall: number;
  readonly functionMsPerOrder: number;
}

/** The fewer orders a second, the fewer share a batch, and the dearer each is. */
export function trafficInBatchesOf(outcomes: number): Traffic {
  const runs = runsOf(outcomes / ASSUMED.marketsPerShard.value);
  return {
    commandsMillion: MEASURED.commandsPerOrder.value,
    commandBytes: MEASURED.commandBytes.value,
    ...unitsInBatchesOf(outcomes),
    tradesMillion: MEASURED.tradesPerOrder.value,
    busMessagesMillion: runs.messagesPerOrder,
    deliveriesMillion: runs.deliveriesPerOrder,
    messagesPerRequest: QUOTAS.lambdaBatch.value,
    requestsMillion: ASSUMED.requestsPerOrder.value,
    accessLogBytes: ASSUMED.accessLogBytes.value,
    bytesOut: ASSUMED.clientBytesPerOrder.value,
    functionMsPerCall: ASSUMED.functionCallMs.value,
    functionMsPerOrder:
      (MEASURED.tradesPerOrder.value * MEASURED.ledgerMicros.value) / 1000 +
      (MEASURED.busEvents.value * ASSUMED.lookupMs.value) / LOOKUPS_MAX,
  };
}

/** Tens of orders a second, as the environments are priced for. */
export const QUIET_TRAFFIC = trafficInBatchesOf(10);

/** Orders a month that an environment is priced for. */
export const ORDERS_MONTH_MILLION = { dev: 0.1, staging: 5, prod: 100 } as const;
