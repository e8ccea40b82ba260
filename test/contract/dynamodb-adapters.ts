import { createTables } from "#shared/adapters/aws/dynamodb/create-tables.ts";
import { Dynamo } from "#shared/adapters/aws/dynamodb/dynamo.ts";
import { openDynamoAcceptor } from "#shared/adapters/aws/dynamodb/dynamo-acceptor.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { Adapters, Place } from "./support/adapters.ts";

/** A place is tables of a prefix of their own on a server: `http://127.0.0.1:8000#p1`. Its server must run. */
export function dynamoAt(place: Place, changes: { readonly endpoint?: string } = {}): Dynamo {
  const { origin, hash } = new URL(place);
  const prefix = hash.slice(1);
  return new Dynamo({
    region: "us-east-1",
    endpoint: origin,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    prefix,
    clock: systemClock(),
    ...changes,
  });
}

let server = "";
let places = 0;

export async function makeDynamoPlace(url: string): Promise<Place> {
  const place = `${url}/#p${process.pid}-${++places}`;
  const dynamo = dynamoAt(place);
  const { hash } = new URL(place);
  await createTables(dynamo.client("acceptor").client, hash.slice(1));
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
    damageNewest: (place: Place) => damage(place, { pk: "SHARD#shard-1" }),
  },
} satisfies Partial<Adapters>;

/** Turns the last byte of an item's bytes. */
async function damage(place: Place, key: { pk: string }): Promise<void> {
  const dynamo = shared(place);
  const row = await dynamo.get("acceptor", key);
  const bytes = Uint8Array.from(row?.bytes as Uint8Array);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await dynamo.put("acceptor", { ...row, ...key, bytes });
}
