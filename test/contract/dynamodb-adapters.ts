import { createTables } from "#shared/adapters/aws/dynamodb/create-tables.ts";
import { Dynamo, type DynamoOptions } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { openDynamoAcceptor } from "#shared/adapters/aws/dynamodb/dynamo-acceptor.ts";
import { openDynamoAuditTrail } from "#shared/adapters/aws/dynamodb/dynamo-audit-trail.ts";
import { openDynamoBusPositions } from "#shared/adapters/aws/dynamodb/dynamo-bus-positions.ts";
import { openDynamoConnections } from "#shared/adapters/aws/dynamodb/dynamo-connections.ts";
import { openDynamoCounters } from "#shared/adapters/aws/dynamodb/dynamo-counters.ts";
import { openDynamoIdentityStore } from "#shared/adapters/aws/dynamodb/dynamo-identity-store.ts";
import { openDynamoJournal } from "#shared/adapters/aws/dynamodb/dynamo-journal.ts";
import { openDynamoKnownOwnership } from "#shared/adapters/aws/dynamodb/dynamo-known-ownership.ts";
import { openDynamoLeaseTable } from "#shared/adapters/aws/dynamodb/dynamo-lease-table.ts";
import { openDynamoLogCopies } from "#shared/adapters/aws/dynamodb/dynamo-log-copies.ts";
import { openDynamoLogMarks } from "#shared/adapters/aws/dynamodb/dynamo-log-marks.ts";
import { openDynamoNoticeStore } from "#shared/adapters/aws/dynamodb/dynamo-notice-store.ts";
import { openDynamoOutbox } from "#shared/adapters/aws/dynamodb/dynamo-outbox.ts";
import { openDynamoProjections } from "#shared/adapters/aws/dynamodb/dynamo-projections.ts";
import { openDynamoReconciliationStore } from "#shared/adapters/aws/dynamodb/dynamo-reconciliation-store.ts";
import { openDynamoSnapshotStore } from "#shared/adapters/aws/dynamodb/dynamo-snapshot-store.ts";
import { type Row, sortable } from "#shared/adapters/aws/dynamodb/row.ts";
import type { TableName } from "#shared/adapters/aws/dynamodb/tables.ts";
import { createLocalSealer } from "#shared/adapters/real/local-sealer.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import { SEED } from "#test/support/seed.ts";
import { seededRandom } from "#test/support/seeded-random.ts";
import { SHARD } from "./acceptor-contract.ts";
import { sampleEntry } from "./outbox-contract.ts";
import type { Adapters, Place } from "./support/adapters.ts";

/** Where a place is: tables of a prefix of their own on a server that runs: `http://127.0.0.1:8000/#p1`. */
export function placeOf(place: Place) {
  const { origin, hash } = new URL(place);
  return {
    region: "us-east-1",
    endpoint: origin,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    prefix: hash.slice(1),
  };
}

export function dynamoAt(place: Place, changes: Partial<DynamoOptions> = {}): Dynamo {
  return new Dynamo({ ...placeOf(place), clock: systemClock(), ...changes });
}

const REGION = "us-east-1" as RegionId;
const SHARDS = [SHARD, "shard-2" as ShardId];
const ORIGINS = ["us-east-1", "eu-west-1"] as RegionId[];
const SEALER = createLocalSealer(new Uint8Array(32), seededRandom(SEED));
let server = "";
let places = 0;

export async function makeDynamoPlace(url: string): Promise<Place> {
  const place = `${url}/#p${process.pid}-${++places}`;
  const dynamo = dynamoAt(place);
  await createTables(dynamo);
  dynamo.close();
  return place;
}

const open = new Map<Place, Dynamo>();

function shared(place: Place): Dynamo {
  let dynamo = open.get(place);
  if (dynamo === undefined) {
    dynamo = dynamoAt(place);
    open.set(place, dynamo);
  }
  return dynamo;
}

/** Where new places are made from now on. */
export function useServer(url: string): void {
  server = url;
}

/** The ports on DynamoDB tables. */
export const adapters = {
  world: "DynamoDB",
  module: import.meta.url,
  makePlace: () => makeDynamoPlace(server),
  removePlace: async (place: Place) => {
    open.get(place)?.close();
    open.delete(place);
  },
  acceptor: {
    open: async (place: Place) => openDynamoAcceptor({ dynamo: shared(place) }),
    damageNewest: (place: Place) => damage(place, "acceptor", { pk: "SHARD#shard-1" }),
  },
  journal: {
    open: (place: Place) => openDynamoJournal({ dynamo: shared(place), region: REGION, shard: SHARD }),
  },
  projections: {
    open: (place: Place) => openDynamoProjections({ dynamo: shared(place), shards: SHARDS }),
  },
  snapshots: {
    open: async (place: Place) => openDynamoSnapshotStore({ dynamo: shared(place) }),
    damageNewest: (place: Place) =>
      damage(place, "snapshots", { pk: "SNAPSHOT#shard-1#DATA", sk: sortable(2) }),
  },
  outbox: {
    open: (place: Place) => openDynamoOutbox({ dynamo: shared(place), gateway: "us-east-1.1" }),
    damageNewest: (place: Place) =>
      damage(place, "outbox", {
        pk: "OUTBOX#us-east-1.1",
        sk: `COMMAND#${sampleEntry(1).envelope.commandId}`,
      }),
  },
  counters: {
    open: (place: Place) =>
      openDynamoCounters({ dynamo: shared(place), node: "us-east-1.1", random: seededRandom(SEED) }),
  },
  logCopies: {
    open: (place: Place) => openDynamoLogCopies({ dynamo: shared(place), shards: SHARDS, origins: ORIGINS }),
  },
  knownOwnership: {
    open: (place: Place) => openDynamoKnownOwnership({ dynamo: shared(place), shards: SHARDS }),
  },
  reconciliations: {
    open: (place: Place) => openDynamoReconciliationStore({ dynamo: shared(place), shards: SHARDS }),
  },
  connections: { open: async (place: Place) => openDynamoConnections({ dynamo: shared(place) }) },
  audit: { open: async (place: Place) => openDynamoAuditTrail({ dynamo: shared(place) }) },
  identity: {
    open: async (place: Place) => openDynamoIdentityStore({ dynamo: shared(place), sealer: SEALER }),
  },
} satisfies Partial<Adapters>;

/** What readers of a Kinesis stream keep beside it. */
export const logSide = {
  logMarks: { open: async (place: Place) => openDynamoLogMarks({ dynamo: shared(place) }) },
  leaseTable: { open: async (place: Place) => openDynamoLeaseTable({ dynamo: shared(place) }) },
};

/** What the bus and its consumers keep. */
export const busSide = {
  busPositions: { open: async (place: Place) => openDynamoBusPositions({ dynamo: shared(place) }) },
  notices: {
    open: async (place: Place, options?: { readonly waitingMax: number }) =>
      openDynamoNoticeStore({ dynamo: shared(place), ...options }),
  },
};

/** Turns the last byte of an item's bytes. */
async function damage(place: Place, table: TableName, key: Row): Promise<void> {
  const dynamo = shared(place);
  const row = await dynamo.get(table, key);
  const bytes = Uint8Array.from(row?.bytes as Uint8Array);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await dynamo.put(table, { ...row, ...key, bytes });
}
