import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { clientConfig, type ServicePlace } from "../client-config.ts";
import { AdaptiveGate } from "./adaptive-gate.ts";
import type { TableName } from "./tables.ts";

/** Where DynamoDB is. */
export interface DynamoPlace extends ServicePlace {
  /** How long a connection, and an answer, is waited for. */
  readonly connectTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
}

/** DynamoDB answers in a few ms, and seldom in 100; the SDK by itself would wait for ever. */
const REQUEST_TIMEOUT_MS = 2000;
/** What the SDK tries by itself; our own retry, which knows its patience, is around it. */
const ATTEMPTS = 2;

/** What the requests to one table go through. */
export interface TableAccess {
  readonly client: DynamoDBClient;
  readonly gate: AdaptiveGate;
}

/** One client and one gate a table: one that is throttled does not slow the others down. */
export class DynamoClients {
  readonly #config: DynamoDBClientConfig;
  readonly #tables = new Map<TableName, TableAccess>();

  constructor(place: DynamoPlace) {
    this.#config = sdkConfigOf(place);
  }

  of(table: TableName): TableAccess {
    let access = this.#tables.get(table);
    if (access === undefined) {
      access = { client: new DynamoDBClient(this.#config), gate: new AdaptiveGate() };
      this.#tables.set(table, access);
    }
    return access;
  }

  close(): void {
    for (const { client } of this.#tables.values()) client.destroy();
  }
}

/** How the SDK's clients of a place are made. */
export function sdkConfigOf(place: DynamoPlace) {
  return clientConfig(place, {
    attempts: ATTEMPTS,
    connectTimeoutMs: place.connectTimeoutMs,
    requestTimeoutMs: place.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
  });
}
