/**
 * Every DynamoDB table of an environment, as data: the adapters read and write them, tests and the local AWS create them, the infrastructure is built
 * from them. What is in them, key by key: docs/stored-data.md.
 */
export interface TableDefinition {
  /** What it is called behind the environment's prefix. */
  readonly name: string;
  readonly hashKey: KeyAttribute;
  readonly rangeKey?: KeyAttribute;
  readonly indexes: readonly IndexDefinition[];
  /** Changes are streamed: global tables are replicated from their stream, and it is what followers of the journal listen to. */
  readonly stream?: "NEW_AND_OLD_IMAGES";
  /** The attribute (epoch seconds) after which DynamoDB may forget an item. */
  readonly expiry?: string;
  /** `region`: one ordinary table in each Region. `global`: one replicated table over all Regions, each item written by one of them. */
  readonly scope: "region" | "global";
  readonly billing: "on-demand";
  /** Restorable to any second of the last weeks, and not to be deleted by mistake: what cannot be made again from a log. */
  readonly isPrecious: boolean;
}

export interface KeyAttribute {
  readonly name: string;
  /** DynamoDB's names: string, number. */
  readonly type: "S" | "N";
}

export interface IndexDefinition {
  readonly name: string;
  readonly hashKey: KeyAttribute;
  readonly rangeKey: KeyAttribute;
  readonly projection: "ALL" | "KEYS_ONLY";
}

const text = (name: string): KeyAttribute => ({ name, type: "S" });
const number = (name: string): KeyAttribute => ({ name, type: "N" });

const REGIONAL = { scope: "region", billing: "on-demand", isPrecious: false, indexes: [] } as const;

export const TABLES = {
  /** The Region's acceptor of the ownership register. */
  acceptor: { ...REGIONAL, name: "acceptor", hashKey: text("pk"), isPrecious: true },
  /** Each Region's tape of each shard in batches; the other Regions hold copies. */
  journal: {
    ...REGIONAL,
    name: "journal",
    hashKey: text("pk"),
    rangeKey: text("sk"),
    indexes: [{ name: "byTime", hashKey: text("tape"), rangeKey: text("event"), projection: "KEYS_ONLY" }],
    stream: "NEW_AND_OLD_IMAGES",
    scope: "global",
    isPrecious: true,
  },
  /** Raw copies of the other Regions' logs. */
  copies: {
    ...REGIONAL,
    name: "copies",
    hashKey: text("pk"),
    rangeKey: text("sk"),
    isPrecious: true,
  },
  /** Orders, order lists, prevented matches. */
  orders: {
    ...REGIONAL,
    name: "orders",
    hashKey: text("pk"),
    indexes: [
      { name: "byAccount", hashKey: text("owner"), rangeKey: number("number"), projection: "ALL" },
      { name: "byClientId", hashKey: text("clientKey"), rangeKey: number("number"), projection: "KEYS_ONLY" },
    ],
  },
  trades: {
    ...REGIONAL,
    name: "trades",
    hashKey: text("pk"),
    indexes: [
      { name: "byMarket", hashKey: text("marketKey"), rangeKey: number("tradeId"), projection: "ALL" },
      { name: "byMaker", hashKey: text("makerKey"), rangeKey: number("tradeId"), projection: "ALL" },
      { name: "byTaker", hashKey: text("takerKey"), rangeKey: number("tradeId"), projection: "ALL" },
    ],
  },
  /** One-minute candles. */
  candles: { ...REGIONAL, name: "candles", hashKey: text("pk"), rangeKey: number("openTime") },
  /** Where orders, trades and candles stand, and the steps that led there while they can be taken back. */
  steps: { ...REGIONAL, name: "steps", hashKey: text("pk"), rangeKey: text("sk") },
  /** Snapshots for recovery, in chunks. */
  snapshots: { ...REGIONAL, name: "snapshots", hashKey: text("pk"), rangeKey: text("sk"), isPrecious: true },
  /** Commands that wait for their shard's owner. */
  outbox: { ...REGIONAL, name: "outbox", hashKey: text("pk"), rangeKey: text("sk"), isPrecious: true },
  /** Where positions of a log stand in its Kinesis stream. */
  marks: { ...REGIONAL, name: "marks", hashKey: text("pk"), rangeKey: number("position"), isPrecious: true },
  /** What a Region remembers in small: counters, fences, leases, the register's last record, bookmarks. */
  memory: { ...REGIONAL, name: "memory", hashKey: text("pk"), isPrecious: true },
  reconciliations: {
    ...REGIONAL,
    name: "reconciliations",
    hashKey: text("pk"),
    rangeKey: text("sk"),
    isPrecious: true,
  },
  /** What operators did. */
  audit: { ...REGIONAL, name: "audit", hashKey: text("pk"), rangeKey: text("sk"), isPrecious: true },
  /** Who waits at the serverless door for which order. */
  connections: {
    ...REGIONAL,
    name: "connections",
    hashKey: text("pk"),
    rangeKey: text("sk"),
    indexes: [{ name: "byConnection", hashKey: text("sk"), rangeKey: text("pk"), projection: "KEYS_ONLY" }],
    expiry: "expiresAt",
  },
  /** Who is told of what, and what waits to be told. */
  notices: {
    ...REGIONAL,
    name: "notices",
    hashKey: text("pk"),
    rangeKey: text("sk"),
    indexes: [
      { name: "byDue", hashKey: text("waiting"), rangeKey: number("dueAt"), projection: "KEYS_ONLY" },
    ],
    stream: "NEW_AND_OLD_IMAGES",
    expiry: "expiresAt",
    isPrecious: true,
  },
  /** Users, API keys, revoked sessions. */
  identity: {
    ...REGIONAL,
    name: "identity",
    hashKey: text("pk"),
    indexes: [
      { name: "byAccount", hashKey: text("owner"), rangeKey: number("createdAt"), projection: "ALL" },
    ],
    stream: "NEW_AND_OLD_IMAGES",
    expiry: "expiresAt",
    scope: "global",
    isPrecious: true,
  },
} as const satisfies Record<string, TableDefinition>;

export type TableName = keyof typeof TABLES;

/** What a table is called in an environment: `meridian-prod-orders`. */
export function tableNameOf(prefix: string, table: TableName): string {
  return `${prefix}-${TABLES[table].name}`;
}
