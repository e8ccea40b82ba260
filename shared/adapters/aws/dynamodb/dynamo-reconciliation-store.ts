import type { OrderId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type {
  OrderConflict,
  ReconciliationQuery,
  ReconciliationStore,
} from "#shared/ports/reconciliation-store.ts";
import { conflictedOrders } from "#shared/read-model/conflicted-orders.ts";
import { type Reconciliation, touchedAccounts } from "#shared/read-model/reconciliation.ts";
import type { Dynamo } from "./dynamo.ts";
import { pack, unpack } from "./pack.ts";
import { type PartsPlace, readParts, writeParts } from "./parts.ts";
import { numberOf, type Row, sortable, textOf } from "./row.ts";

export interface DynamoReconciliationStoreOptions {
  readonly dynamo: Dynamo;
  readonly shards: readonly ShardId[];
}

const TIES_MAX = 1000;

/** Opens a Region's reconciliations: each in one item (or more), and small ones that find it by account, by order, and the newest first. */
export async function openDynamoReconciliationStore(
  options: DynamoReconciliationStoreOptions,
): Promise<ReconciliationStore> {
  const store = new DynamoReconciliationStore(options.dynamo);
  await Promise.all(options.shards.map((shard) => store.load(shard)));
  return store;
}

class DynamoReconciliationStore implements ReconciliationStore {
  readonly #dynamo: Dynamo;
  readonly #bookmarks = new Map<ShardId, number>();
  readonly #recorded = new Map<ShardId, number>();

  constructor(dynamo: Dynamo) {
    this.#dynamo = dynamo;
  }

  async load(shard: ShardId): Promise<void> {
    const [bookmark, recorded] = await Promise.all([
      this.#dynamo.get("memory", { pk: `BOOKMARK#${shard}` }),
      this.#dynamo.get("memory", { pk: `RECORDED#${shard}` }),
    ]);
    if (bookmark !== undefined) this.#bookmarks.set(shard, numberOf(bookmark, "position"));
    if (recorded !== undefined) this.#recorded.set(shard, numberOf(recorded, "seq"));
  }

  bookmark(shard: ShardId): number {
    return this.#bookmarks.get(shard) ?? 0;
  }

  async setBookmark(shard: ShardId, position: number): Promise<void> {
    assert(position >= this.bookmark(shard), `the bookmark of ${shard} only moves forward`);
    await this.#dynamo.put("memory", { pk: `BOOKMARK#${shard}`, position });
    this.#bookmarks.set(shard, position);
  }

  recordedThrough(shard: ShardId): number {
    return this.#recorded.get(shard) ?? 0;
  }

  async setRecordedThrough(shard: ShardId, seq: number): Promise<void> {
    await this.#dynamo.put("memory", { pk: `RECORDED#${shard}`, seq });
    this.#recorded.set(shard, seq);
  }

  /** Its recorder writes it again if it ends in the middle: what finds it is written behind it, and what found an older state is removed last. */
  async put(reconciliation: Reconciliation): Promise<void> {
    const before = await this.get(reconciliation.id);
    const known = await this.#dynamo.get("reconciliations", dataKey(reconciliation.id));
    const firstPutAt = known === undefined ? this.#dynamo.clock.now() : numberOf(known, "firstPutAt");
    const bytes = new TextEncoder().encode(JSON.stringify(reconciliation));
    const place = partsPlace(reconciliation.id);
    const parts = await writeParts(this.#dynamo, place, await pack([bytes]));
    await this.#dynamo.put("reconciliations", {
      ...dataKey(reconciliation.id),
      ...parts,
      firstPutAt,
    });
    const rows = tiesOf(reconciliation, firstPutAt);
    await this.#dynamo.putAll("reconciliations", rows);
    const present = new Set(rows.map(nameOf));
    const gone =
      before === undefined ? [] : tiesOf(before, firstPutAt).filter((row) => !present.has(nameOf(row)));
    await this.#dynamo.removeAll(
      "reconciliations",
      gone.map((row) => ({ pk: textOf(row, "pk"), sk: textOf(row, "sk") })),
    );
  }

  async get(id: string): Promise<Reconciliation | undefined> {
    const row = await this.#dynamo.get("reconciliations", dataKey(id));
    if (row === undefined) return undefined;
    const what = `the reconciliation ${id}`;
    const [bytes] = await unpack(await readParts(this.#dynamo, partsPlace(id), row, what), what);
    return JSON.parse(new TextDecoder().decode(bytes)) as Reconciliation;
  }

  async list({ account, state, before, limit }: ReconciliationQuery): Promise<readonly Reconciliation[]> {
    const to = before === undefined ? undefined : await this.#sortKeyOf(before);
    if (before !== undefined && to === undefined) return [];
    const rows = await this.#dynamo.query("reconciliations", {
      hash: ["pk", inState(account === undefined ? ALL : accountKey(account), state)],
      ...(to !== undefined && { range: { name: "sk", to } }),
      isBackward: true,
      // That one itself comes first, where it is in the list.
      limit: to === undefined ? limit : limit + 1,
    });
    const ids = rows.map((row) => textOf(row, "id")).filter((id) => id !== before);
    const found = await Promise.all(ids.slice(0, limit).map((id) => this.get(id)));
    return found.flatMap((one) => one ?? []);
  }

  async #sortKeyOf(id: string): Promise<string | undefined> {
    const row = await this.#dynamo.get("reconciliations", dataKey(id));
    return row === undefined ? undefined : sortKey(numberOf(row, "firstPutAt"), id);
  }

  async conflictOf(orderId: OrderId): Promise<OrderConflict | undefined> {
    const rows = await this.#dynamo.query("reconciliations", {
      hash: ["pk", orderKey(orderId)],
      limit: TIES_MAX,
    });
    return rows.length === 0
      ? undefined
      : { isCompensated: rows.every(({ isCompensated }) => isCompensated === true) };
  }

  async close(): Promise<void> {}
}

const ALL = "ALL";

/** The small items that find a reconciliation, in its state and in any. */
function tiesOf(reconciliation: Reconciliation, firstPutAt: number): Row[] {
  const { id, state } = reconciliation;
  const sk = sortKey(firstPutAt, id);
  const isCompensated = state === "reconciled";
  const lists = [ALL, ...[...touchedAccounts(reconciliation)].map(accountKey)];
  return [
    ...lists.flatMap((pk) => [
      { pk, sk, id },
      { pk: inState(pk, state), sk, id },
    ]),
    ...[...conflictedOrders(reconciliation)].map((orderId) => ({
      pk: orderKey(orderId),
      sk: id,
      id,
      isCompensated,
    })),
  ];
}

/** By when it was first put. */
function sortKey(firstPutAt: number, id: string): string {
  return `${sortable(firstPutAt)}#${id}`;
}

function nameOf(row: Row): string {
  return `${textOf(row, "pk")} ${textOf(row, "sk")}`;
}

function inState(pk: string, state: Reconciliation["state"] | undefined): string {
  return state === undefined ? pk : `${pk}#${state}`;
}

function accountKey(account: number): string {
  return `ACCOUNT#${account}`;
}

function orderKey(orderId: OrderId): string {
  return `ORDER#${orderId}`;
}

function dataKey(id: string) {
  return { pk: `RECONCILIATION#${id}`, sk: "DATA" };
}

function partsPlace(id: string): PartsPlace {
  return { table: "reconciliations", pk: `RECONCILIATION#${id}`, prefix: "PART" };
}
