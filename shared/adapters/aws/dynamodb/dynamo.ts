import { randomUUID } from "node:crypto";
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "#shared/ports/clock.ts";
import { DynamoClients, type DynamoPlace } from "./dynamo-clients.ts";
import { DynamoError, type DynamoFailure, failureOf, isThrottling, reasonsOf } from "./dynamo-errors.ts";
import {
  type Condition,
  conditionFields,
  filterFields,
  type Query,
  queryInput,
  type Update,
} from "./expressions.ts";
import { type Row, toItem, toRow } from "./row.ts";
import { TABLES, type TableDefinition, type TableName, tableNameOf } from "./tables.ts";

export interface DynamoOptions extends DynamoPlace {
  /** The environment: tables are called `<prefix>-<name>`. */
  readonly prefix: string;
  readonly clock: Clock;
  /** How long what fails for a passing reason is tried again before the caller is told; 5 s if not given. */
  readonly patienceMs?: number;
  /** Told of each try that failed for a passing reason: throttling shows here first, then as lag of whoever waits. */
  readonly onRetry?: (retry: DynamoRetry) => void;
}

export interface DynamoRetry {
  readonly table: TableName;
  readonly failure: DynamoFailure;
  readonly attempt: number;
}

/** Whether a conditional write happened; if not, what is there. */
export type Written = { readonly ok: true } | { readonly ok: false; readonly present: Row | undefined };

/** One write of a transaction. */
export type TransactionPart =
  | { readonly table: TableName; readonly put: Row; readonly condition?: Condition }
  | { readonly table: TableName; readonly remove: Row; readonly condition?: Condition };

const PATIENCE_MS = 5000;
/** For those who write what is waited for: they lag behind rather than give up, and that shows. After this long the task ends and starts again. */
export const WRITER_PATIENCE_MS = 600_000;
const BACKOFF_MS = 25;
const BACKOFF_MS_MAX = 2000;
/** What DynamoDB takes in one request (Service quotas: BatchWriteItem, BatchGetItem, TransactWriteItems). */
const WRITES_MAX = 25;
const READS_MAX = 100;
export const TRANSACTION_MAX = 100;

/**
 * The tables of one environment in one Region. Whatever fails for a passing reason (throttled, nobody answers) is tried again with the same content until
 * the patience ends, then rejects with a `DynamoError`; so every write here must be one that may happen twice. Of a conditional write that may have
 * happened before, the refusal brings what is there: whoever writes compares it with what it wanted, and so reads back before it acts.
 */
export class Dynamo {
  readonly #clients: DynamoClients;
  readonly #options: DynamoOptions;

  constructor(options: DynamoOptions, clients = new DynamoClients(options)) {
    this.#options = options;
    this.#clients = clients;
  }

  /** The same tables and connections with another patience. */
  withPatience(patienceMs: number): Dynamo {
    return new Dynamo({ ...this.#options, patienceMs }, this.#clients);
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  /** The SDK's client of a table, and the table's whole name: for creating and describing it. */
  client(table: TableName): { readonly client: DynamoDBClient; readonly tableName: string } {
    return { client: this.#clients.of(table).client, tableName: tableNameOf(this.#options.prefix, table) };
  }

  close(): void {
    this.#clients.close();
  }

  /** The newest state of an item: a strongly consistent read. */
  async get(table: TableName, key: Row): Promise<Row | undefined> {
    const { Item } = await this.#try(table, "read", (client, TableName) =>
      client.send(new GetItemCommand({ TableName, Key: toItem(key), ConsistentRead: true })),
    );
    return Item === undefined ? undefined : toRow(Item);
  }

  /** Items by their keys, in no order; what is missing is left out. */
  async getAll(table: TableName, keys: readonly Row[]): Promise<Row[]> {
    const rows: Row[] = [];
    const each = new Map(keys.map((key) => [JSON.stringify(Object.entries(key).sort()), key]));
    for (const some of inGroups([...each.values()], READS_MAX)) {
      let Keys = some.map(toItem);
      for (let round = 0; Keys.length > 0; round++) {
        if (round > 0) await this.#pause(round);
        const { Responses, UnprocessedKeys } = await this.#try(table, "read", (client, name) =>
          client.send(new BatchGetItemCommand({ RequestItems: { [name]: { Keys, ConsistentRead: true } } })),
        );
        rows.push(...Object.values(Responses ?? {}).flatMap((items) => items.map(toRow)));
        Keys = Object.values(UnprocessedKeys ?? {})[0]?.Keys ?? [];
      }
    }
    return rows;
  }

  /** Replaces an item whole, if a condition on what is there holds. */
  async put(table: TableName, row: Row, condition?: Condition): Promise<Written> {
    const Item = toItem(row);
    return this.#conditionally(table, (client, TableName) =>
      client.send(new PutItemCommand({ TableName, Item, ...conditionFields(condition) })),
    );
  }

  async remove(table: TableName, key: Row, condition?: Condition): Promise<Written> {
    return this.#conditionally(table, (client, TableName) =>
      client.send(new DeleteItemCommand({ TableName, Key: toItem(key), ...conditionFields(condition) })),
    );
  }

  /** Changes attributes of an item. Not for sums: it may happen twice. Returns the item as it then is, or as it is when the condition did not hold. */
  async update(table: TableName, key: Row, { set, condition }: Update): Promise<Written> {
    const names = Object.keys(set);
    const fields = conditionFields(condition);
    return this.#conditionally(table, (client, TableName) =>
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: toItem(key),
          UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}`,
          ...fields,
          ExpressionAttributeNames: {
            ...fields.ExpressionAttributeNames,
            ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
          },
          ExpressionAttributeValues: {
            ...fields.ExpressionAttributeValues,
            ...Object.fromEntries(Object.entries(toItem(set)).map(([name, value]) => [`:${name}`, value])),
          },
        }),
      ),
    );
  }

  /** Items of one hash key in the order of their range key, at most `limit`. */
  async query(table: TableName, query: Query): Promise<Row[]> {
    const rows: Row[] = [];
    let from: Row | undefined;
    while (rows.length < query.limit) {
      const input = queryInput(query, query.limit - rows.length);
      const start = from === undefined ? {} : { ExclusiveStartKey: toItem(from) };
      const { Items, LastEvaluatedKey } = await this.#try(table, "read", (client, TableName) =>
        client.send(new QueryCommand({ TableName, ...input, ...start })),
      );
      rows.push(...(Items ?? []).map(toRow));
      if (LastEvaluatedKey === undefined) break;
      from = toRow(LastEvaluatedKey);
    }
    return rows.slice(0, query.limit);
  }

  /** Every item of a table of which a condition holds, page by page; the others are read too, and paid for. */
  async *scan(table: TableName, condition: Condition): AsyncGenerator<Row[], void, undefined> {
    let start = {};
    for (;;) {
      const { Items, LastEvaluatedKey } = await this.#try(table, "read", (client, TableName) =>
        client.send(
          new ScanCommand({ TableName, ...filterFields(condition), ConsistentRead: true, ...start }),
        ),
      );
      yield (Items ?? []).map(toRow);
      if (LastEvaluatedKey === undefined) return;
      start = { ExclusiveStartKey: LastEvaluatedKey };
    }
  }

  /** Replaces items, each by itself: when this rejects, some of them may have been written. Of those that are one item the last stands. */
  async putAll(table: TableName, rows: readonly Row[]): Promise<void> {
    await this.#writeAll(
      table,
      lastOfEach(table, rows).map((row) => ({ PutRequest: { Item: toItem(row) } })),
    );
  }

  /** Deletes items, each by itself. */
  async removeAll(table: TableName, keys: readonly Row[]): Promise<void> {
    await this.#writeAll(
      table,
      lastOfEach(table, keys).map((key) => ({ DeleteRequest: { Key: toItem(key) } })),
    );
  }

  /** All of it or nothing, at most {@link TRANSACTION_MAX} parts. False: a condition did not hold, and nothing happened by this call. */
  async transact(parts: readonly TransactionPart[]): Promise<boolean> {
    const [first] = parts;
    if (first === undefined) return true;
    const TransactItems = parts.map((part) => {
      const TableName = tableNameOf(this.#options.prefix, part.table);
      const { ReturnValuesOnConditionCheckFailure: _, ...fields } = conditionFields(part.condition);
      return "put" in part
        ? { Put: { TableName, Item: toItem(part.put), ...fields } }
        : { Delete: { TableName, Key: toItem(part.remove), ...fields } };
    });
    // The same token: a try that had its effect unseen is answered as done (API reference, TransactWriteItems).
    const ClientRequestToken = randomUUID();
    const written = await this.#conditionally(first.table, (client) =>
      client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken })),
    );
    return written.ok;
  }

  async #writeAll(table: TableName, requests: readonly WriteRequest[]): Promise<void> {
    for (const some of inGroups(requests, WRITES_MAX)) {
      let left: readonly WriteRequest[] = some;
      for (let round = 0; left.length > 0; round++) {
        if (round > 0) {
          this.#options.onRetry?.({ table, failure: "throttled", attempt: round });
          await this.#pause(round);
        }
        const { UnprocessedItems } = await this.#try(table, "write", (client, name) =>
          client.send(new BatchWriteItemCommand({ RequestItems: { [name]: [...left] } })),
        );
        left = (Object.values(UnprocessedItems ?? {})[0] ?? []) as WriteRequest[];
      }
    }
  }

  async #conditionally(
    table: TableName,
    send: (client: DynamoDBClient, name: string) => Promise<unknown>,
  ): Promise<Written> {
    try {
      await this.#try(table, "write", send);
      return { ok: true };
    } catch (error) {
      if (error instanceof DynamoError || failureOf(error, true) !== undefined) throw error;
      const { Item } = error as { readonly Item?: Parameters<typeof toRow>[0] };
      return { ok: false, present: Item === undefined ? undefined : toRow(Item) };
    }
  }

  /** Rejects with a `DynamoError`, or with the SDK's own error where a condition did not hold. */
  async #try<T>(
    table: TableName,
    kind: "read" | "write",
    send: (client: DynamoDBClient, name: string) => Promise<T>,
  ): Promise<T> {
    const { clock, patienceMs = PATIENCE_MS } = this.#options;
    const { client, gate } = this.#clients.of(table);
    const tableName = tableNameOf(this.#options.prefix, table);
    const deadline = clock.monotonic() + patienceMs;
    let mayHaveHappened = false;
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await gate.run(() => send(client, tableName));
        gate.speedUp();
        return answer;
      } catch (error) {
        const failure = failureOf(error, kind === "write");
        if (failure === undefined) throw error;
        mayHaveHappened ||= failure === "ambiguous";
        if (isThrottling(error)) gate.slowDown();
        if (failure === "refused" || clock.monotonic() >= deadline)
          throw new DynamoError(mayHaveHappened ? "ambiguous" : failure, tableName, reasonOf(error));
        this.#options.onRetry?.({ table, failure, attempt });
        await this.#pause(attempt);
      }
    }
  }

  /** Each wait may be twice as long as the one before, up to a bound, and is drawn at random: those who were refused together do not come together. */
  #pause(round: number): Promise<void> {
    const longestMs = Math.min(BACKOFF_MS * 2 ** Math.min(round, 10), BACKOFF_MS_MAX);
    const delayMs = longestMs * (0.5 + Math.random() / 2);
    return new Promise((resolve) => this.#options.clock.schedule(delayMs, resolve));
  }
}

interface WriteRequest {
  readonly PutRequest?: { readonly Item: ReturnType<typeof toItem> };
  readonly DeleteRequest?: { readonly Key: ReturnType<typeof toItem> };
}

function reasonOf(error: unknown): unknown {
  const codes = reasonsOf(error).map(({ Code }) => Code ?? "None");
  return codes.length === 0 ? error : `transaction canceled (${codes.join()})`;
}

function inGroups<T>(all: readonly T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let at = 0; at < all.length; at += size) groups.push(all.slice(at, at + size));
  return groups;
}

/** A batch may name an item once ("Provided list of item keys contains duplicates"). */
function lastOfEach(table: TableName, rows: readonly Row[]): Row[] {
  const { hashKey, rangeKey }: TableDefinition = TABLES[table];
  const keyOf = (row: Row) => JSON.stringify([row[hashKey.name], rangeKey && row[rangeKey.name]]);
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}
