import type { Construct } from "constructs";
import { TABLES, type TableDefinition } from "#shared/adapters/aws/dynamodb/tables.ts";
import { DynamodbTable, DynamodbTableReplica } from "./aws.ts";
import type { RegionName } from "./facts/regions.ts";
import type { MeridianStack } from "./stack.ts";

/** The tables as the adapters define them, of one scope. */
export function tablesOf(scope: TableDefinition["scope"]): readonly TableDefinition[] {
  return Object.values<TableDefinition>(TABLES).filter((table) => table.scope === scope);
}

export interface DynamoTableSettings {
  readonly definition: TableDefinition;
  /** The key of each Region that the table is in, the stack's own among them. */
  readonly keyArns: ReadonlyMap<RegionName, string>;
  /** Fixed capacity instead of paying by request. */
  readonly capacity?: { readonly readUnits: number; readonly writeUnits: number };
}

/** One table as its definition says, in the stack's Region and replicated to the others that have a key: a global table, if there are any. */
export function dynamoTable(
  scope: Construct,
  stack: MeridianStack,
  { definition, keyArns, capacity }: DynamoTableSettings,
): DynamodbTable {
  const replicas = [...keyArns].filter(([region]) => region !== stack.region);
  const streams = definition.stream !== undefined || replicas.length > 0;
  const keyArn = keyArns.get(stack.region);
  if (keyArn === undefined) throw new Error(`table ${definition.name}: no key in ${stack.region}`);
  const isProtected = stack.environment.deletionProtection && definition.isPrecious;
  const table = new DynamodbTable(scope, definition.name, {
    name: stack.named(definition.name),
    ...(capacity === undefined
      ? { billingMode: "PAY_PER_REQUEST" }
      : {
          billingMode: "PROVISIONED",
          readCapacity: capacity.readUnits,
          writeCapacity: capacity.writeUnits,
        }),
    hashKey: definition.hashKey.name,
    ...(definition.rangeKey === undefined ? {} : { rangeKey: definition.rangeKey.name }),
    attribute: keyAttributes(definition),
    globalSecondaryIndex: definition.indexes.map((index) => ({
      name: index.name,
      hashKey: index.hashKey.name,
      rangeKey: index.rangeKey.name,
      projectionType: index.projection,
    })),
    ...(definition.expiry === undefined ? {} : { ttl: { enabled: true, attributeName: definition.expiry } }),
    streamEnabled: streams,
    ...(streams ? { streamViewType: "NEW_AND_OLD_IMAGES" } : {}),
    serverSideEncryption: { enabled: true, kmsKeyArn: keyArn },
    pointInTimeRecovery: { enabled: true },
    deletionProtectionEnabled: isProtected,
    lifecycle: {
      preventDestroy: isProtected,
      ...(replicas.length > 0 ? { ignoreChanges: ["replica"] } : {}),
    },
  });
  addReplicas(scope, stack, { definition, table, replicas, isProtected });
  return table;
}

/**
 * Resources of their own, one after the other: only so can the provider protect a replica from deletion (the table's `replica` block has no argument for
 * it, and AWS copies the table's protection to none).
 */
function addReplicas(
  scope: Construct,
  stack: MeridianStack,
  {
    definition,
    table,
    replicas,
    isProtected,
  }: {
    readonly definition: TableDefinition;
    readonly table: DynamodbTable;
    readonly replicas: readonly (readonly [RegionName, string])[];
    readonly isProtected: boolean;
  },
): void {
  let before: DynamodbTableReplica | undefined;
  for (const [region, kmsKeyArn] of replicas)
    before = new DynamodbTableReplica(scope, `${definition.name}-${region}`, {
      provider: stack.providerIn(region),
      globalTableArn: table.arn,
      kmsKeyArn,
      pointInTimeRecovery: true,
      deletionProtectionEnabled: isProtected,
      lifecycle: { preventDestroy: isProtected },
      ...(before === undefined ? {} : { dependsOn: [before] }),
    });
}

/** Only attributes that some key names may be declared: the provider refuses others. */
function keyAttributes({ hashKey, rangeKey, indexes }: TableDefinition) {
  const keys = [hashKey, rangeKey, ...indexes.flatMap((index) => [index.hashKey, index.rangeKey])];
  const byName = new Map(keys.filter((key) => key !== undefined).map(({ name, type }) => [name, type]));
  return [...byName].map(([name, type]) => ({ name, type }));
}
