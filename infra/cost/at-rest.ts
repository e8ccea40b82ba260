import atRest from "#bench/results/at-rest.json" with { type: "json" };
import { CONSUMERS } from "#shared/protocol/bus/consumers.ts";

/** What a Region asks of AWS each second while nobody trades, measured on one Region with all shards (`node bench/at-rest/measure-at-rest.ts`). */
export const AT_REST = {
  /** DynamoDB's units of tables that are paid by the request; the register's are provisioned. */
  readUnits: unitsOf(["GetItem", "Query"], (table) => table !== "acceptor"),
  writeUnits: unitsOf(["PutItem", "UpdateItem"], (table) => table !== "acceptor" && table !== "journal"),
  /** Written once in each Region: the table is a global one. */
  journalUnits: unitsOf(["PutItem"], (table) => table === "journal"),
  /** Ticks, each a record. */
  appends: requestsOf("KINESIS", "PutRecord"),
  /** Reckoned: Lambda holds five requests open at a queue, of 20 s each (Lambda Developer Guide, "Using Lambda with Amazon SQS"); the queue of reconciliation is asked by its task. */
  receives: requestsOf("SQS", "ReceiveMessage") + ((CONSUMERS.length - 1) * 5) / 20,
  /** Reckoned, of each shard of another Region: a tick is written to the Region's copy of the log, and the task that stands by looks twice. */
  copyWriteUnits: 1,
  copyReadUnits: 2,
  shards: atRest.shards,
} as const;

function unitsOf(operations: readonly string[], isCounted: (table: string) => boolean): number {
  return atRest.rows
    .filter(({ operation, table }) => operations.includes(operation) && isCounted(table))
    .reduce((sum, { unitsASecond }) => sum + unitsASecond, 0);
}

function requestsOf(service: string, operation: string): number {
  return atRest.rows
    .filter((row) => row.service === service && row.operation === operation)
    .reduce((sum, { requestsASecond }) => sum + requestsASecond, 0);
}
