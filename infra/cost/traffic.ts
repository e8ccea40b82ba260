import { ASSUMED } from "#infra/capacity/assumptions.ts";
import { MEASURED, unitsInBatchesOf } from "#infra/capacity/measured.ts";
import { QUOTAS } from "#infra/capacity/quotas.ts";

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
  /** Events on the bus, and what its queues are handed of them. */
  readonly eventsMillion: number;
  readonly deliveriesMillion: number;
  readonly messagesPerRequest: number;
  /** Requests at the edge: the order, and some questions. */
  readonly requestsMillion: number;
  /** Bytes out to browsers and bots. */
  readonly bytesOut: number;
  /** Milliseconds of one function of 512 MiB for a batch. */
  readonly functionMsPerBatch: number;
}

/** The fewer orders a second, the fewer share a batch, and the dearer each is. */
export function trafficInBatchesOf(outcomes: number): Traffic {
  return {
    commandsMillion: MEASURED.commandsPerOrder.value,
    commandBytes: MEASURED.commandBytes.value,
    ...unitsInBatchesOf(outcomes),
    tradesMillion: MEASURED.tradesPerOrder.value,
    eventsMillion: MEASURED.busMessages.value,
    deliveriesMillion: MEASURED.busDeliveries.value,
    messagesPerRequest: QUOTAS.lambdaBatch.value,
    requestsMillion: ASSUMED.requestsPerOrder.value,
    bytesOut: ASSUMED.clientBytesPerOrder.value,
    functionMsPerBatch: ASSUMED.functionBatchMs.value,
  };
}

/** Tens of orders a second, as the environments are priced for. */
export const QUIET_TRAFFIC = trafficInBatchesOf(10);

/** Orders a month that an environment is priced for. */
export const ORDERS_MONTH_MILLION = { dev: 0.1, staging: 5, prod: 100 } as const;
