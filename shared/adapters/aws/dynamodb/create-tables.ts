import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
  type TableDescription,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { assert } from "#shared/domain/invariant.ts";
import type { Dynamo } from "./dynamo.ts";
import { type KeyAttribute, TABLES, type TableDefinition, type TableName } from "./tables.ts";

const CREATED_WITHIN_S = 60;

/** Creates the tables of an environment where they are missing. For tests and the local AWS: in an account the infrastructure does it. */
export async function createTables(
  dynamo: Dynamo,
  names = Object.keys(TABLES) as readonly TableName[],
): Promise<void> {
  for (const name of names) {
    const { client, tableName } = dynamo.client(name);
    await createTable(client, tableName, TABLES[name]);
  }
}

/** What DynamoDB says of a table: its state, its stream. */
export async function describeTable(dynamo: Dynamo, table: TableName): Promise<TableDescription> {
  const { client, tableName } = dynamo.client(table);
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  assert(Table !== undefined, "a table that is there is described");
  return Table;
}

async function createTable(client: DynamoDBClient, name: string, table: TableDefinition): Promise<void> {
  const attributes = new Map<string, KeyAttribute>();
  for (const { hashKey, rangeKey } of [table, ...table.indexes])
    for (const key of [hashKey, rangeKey]) if (key !== undefined) attributes.set(key.name, key);
  try {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [...attributes.values()].map((key) => ({
          AttributeName: key.name,
          AttributeType: key.type,
        })),
        KeySchema: keySchemaOf(table.hashKey, table.rangeKey),
        ...(table.indexes.length === 0
          ? {}
          : {
              GlobalSecondaryIndexes: table.indexes.map((index) => ({
                IndexName: index.name,
                KeySchema: keySchemaOf(index.hashKey, index.rangeKey),
                Projection: { ProjectionType: index.projection },
              })),
            }),
        ...(table.stream === undefined
          ? {}
          : { StreamSpecification: { StreamEnabled: true, StreamViewType: table.stream } }),
      }),
    );
  } catch (error) {
    if (error instanceof ResourceInUseException) return;
    throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: CREATED_WITHIN_S, minDelay: 1 }, { TableName: name });
  if (table.expiry !== undefined)
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: name,
        TimeToLiveSpecification: { Enabled: true, AttributeName: table.expiry },
      }),
    );
}

function keySchemaOf(hashKey: KeyAttribute, rangeKey: KeyAttribute | undefined) {
  return [
    { AttributeName: hashKey.name, KeyType: "HASH" as const },
    ...(rangeKey === undefined ? [] : [{ AttributeName: rangeKey.name, KeyType: "RANGE" as const }]),
  ];
}
