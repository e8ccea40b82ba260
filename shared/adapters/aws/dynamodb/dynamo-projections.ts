import type { AccountId, MarketId, OrderId, OrderListId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Timer } from "#shared/ports/clock.ts";
import type { BranchRun } from "#shared/ports/journal.ts";
import type {
  CandleQuery,
  CandleRow,
  MergedRow,
  OrderListQuery,
  OrderListRow,
  OrderQuery,
  OrderRow,
  PreventedMatchQuery,
  PreventedMatchRow,
  ProjectionBatch,
  ProjectionStand,
  RewritableProjections,
  ToldOnce,
  TradeQuery,
  TradeRow,
} from "#shared/ports/projections.ts";
import { type Dynamo, WRITER_PATIENCE_MS } from "./dynamo.ts";
import type { Condition, Query } from "./expressions.ts";
import {
  candleOf,
  candlesOf,
  mergedKey,
  mergedOf,
  orderClientKey,
  orderKey,
  orderListClientKey,
  orderListKey,
  orderListOf,
  orderListsOf,
  orderOf,
  ordersOf,
  preventedMatchesOf,
  preventedMatchOf,
} from "./projection-rows.ts";
import { ProjectionWriter } from "./projection-writer.ts";
import { removeOlderRows } from "./remove-older-rows.ts";
import { type Row, textOf } from "./row.ts";
import { TradeQueries } from "./trade-queries.ts";

export interface DynamoProjectionsOptions {
  readonly dynamo: Dynamo;
  /** The shards whose stand is told. */
  readonly shards: readonly ShardId[];
  /** For a task that does not write them itself: how often it looks where they stand. */
  readonly lookEveryMs?: number;
}

/**
 * Opens a Region's Orders, Trades and candles tables. Rows are found by their keys as they are, and by account, market or client id as they were a moment
 * ago: indexes of DynamoDB follow their table.
 */
export async function openDynamoProjections(
  options: DynamoProjectionsOptions,
): Promise<RewritableProjections> {
  const patient = options.dynamo.withPatience(WRITER_PATIENCE_MS);
  const writers = new Map<ShardId, ProjectionWriter>();
  for (const shard of options.shards) {
    const writer = await ProjectionWriter.open(patient, shard);
    if (options.lookEveryMs === undefined) await writer.finish();
    writers.set(shard, writer);
  }
  return new DynamoProjections(options, writers);
}

/** A client's own name comes again after 24 hours at the earliest: so many orders of a name are looked through for a merged one. */
const NAMESAKES_MAX = 100;

class DynamoProjections implements RewritableProjections {
  readonly #dynamo: Dynamo;
  readonly #writers: ReadonlyMap<ShardId, ProjectionWriter>;
  readonly #trades: TradeQueries;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: DynamoProjectionsOptions, writers: ReadonlyMap<ShardId, ProjectionWriter>) {
    this.#dynamo = options.dynamo;
    this.#writers = writers;
    this.#trades = new TradeQueries(options.dynamo);
    if (options.lookEveryMs !== undefined) this.#lookAgain(options.lookEveryMs);
  }

  position(shard: ShardId): number {
    return this.stand(shard).seq;
  }

  stand(shard: ShardId): ProjectionStand {
    return this.#writer(shard).stand;
  }

  commit(batch: ProjectionBatch): Promise<void> {
    return this.#writer(batch.shard).commit(batch);
  }

  rewind(shard: ShardId, history: readonly BranchRun[]): Promise<number> {
    return this.#writer(shard).rewind(history);
  }

  beginRewrite(shard: ShardId): Promise<number> {
    return this.#writer(shard).beginRewrite();
  }

  mark(shard: ShardId): number {
    return this.#writer(shard).mark;
  }

  rewrite(batch: ProjectionBatch): Promise<void> {
    return this.#writer(batch.shard).rewrite(batch);
  }

  removeOlder(
    mark: number,
    markets: readonly MarketId[],
    toldAt: (seq: number) => Promise<ToldOnce>,
  ): Promise<number> {
    return removeOlderRows(this.#dynamo, { mark, markets, toldAt });
  }

  async order(orderId: OrderId): Promise<OrderRow | undefined> {
    const row = await this.#dynamo.get("orders", { pk: orderKey(orderId) });
    if (row !== undefined) return orderOf(row);
    const merged = await this.#merged("order", orderId);
    if (merged === undefined) return undefined;
    const { account, market, clientOrderId, commandId } = merged;
    const named = await this.#allByClientKey(orderClientKey(account, market, clientOrderId));
    return named.map(orderOf).find((order) => order.commandId === commandId);
  }

  async orderByClientId(
    account: AccountId,
    market: MarketId,
    clientOrderId: string,
  ): Promise<OrderRow | undefined> {
    const row = await this.#byClientKey(orderClientKey(account, market, clientOrderId));
    return row && orderOf(row);
  }

  async orders(query: OrderQuery): Promise<readonly OrderRow[]> {
    const { account, market, fromOrderId, startTime, limit } = query;
    const isForward = fromOrderId !== undefined || startTime !== undefined;
    const rows = await this.#ofOwner(
      ordersOf(account, market),
      fromOrderId,
      timesOf(query),
      isForward,
      limit,
    );
    return rows.map(orderOf);
  }

  async orderList(listId: OrderListId): Promise<OrderListRow | undefined> {
    const row = await this.#dynamo.get("orders", { pk: orderListKey(listId) });
    if (row !== undefined) return orderListOf(row);
    const merged = await this.#merged("list", listId);
    if (merged === undefined) return undefined;
    const { account, market, clientOrderId, commandId } = merged;
    const named = await this.#allByClientKey(orderListClientKey(account, clientOrderId));
    for (const list of named.map(orderListOf).filter((one) => one.market === market)) {
      // The command that brought a list is that of its orders.
      const keys = list.orders.map(({ orderId }) => ({ pk: orderKey(orderId) }));
      const members = await this.#dynamo.getAll("orders", keys);
      if (members.map(orderOf).some((order) => order.commandId === commandId)) return list;
    }
    return undefined;
  }

  async orderListByClientId(
    account: AccountId,
    listClientOrderId: string,
  ): Promise<OrderListRow | undefined> {
    const row = await this.#byClientKey(orderListClientKey(account, listClientOrderId));
    return row && orderListOf(row);
  }

  async orderLists(query: OrderListQuery): Promise<readonly OrderListRow[]> {
    const { account, fromListId, startTime, limit } = query;
    const isForward = fromListId !== undefined || startTime !== undefined;
    const rows = await this.#ofOwner(orderListsOf(account), fromListId, timesOf(query), isForward, limit);
    return rows.map(orderListOf);
  }

  async preventedMatches(query: PreventedMatchQuery): Promise<readonly PreventedMatchRow[]> {
    const { account, market, preventedMatchId, orderId, fromPreventedMatchId, limit } = query;
    const from = preventedMatchId ?? fromPreventedMatchId;
    const filter =
      orderId === undefined
        ? undefined
        : { expression: ":orderId IN (#takerOrderId, #makerOrderId)", values: { orderId } };
    const rows = await this.#ofOwner(preventedMatchesOf(account, market), from, filter, true, limit);
    return rows
      .map(preventedMatchOf)
      .filter((match) => preventedMatchId === undefined || match.preventedMatchId === preventedMatchId);
  }

  trades(query: TradeQuery): Promise<readonly TradeRow[]> {
    return this.#trades.trades(query);
  }

  async candles({ market, startTime, endTime, limit }: CandleQuery): Promise<readonly CandleRow[]> {
    const isForward = startTime !== undefined;
    const rows = await this.#page("candles", isForward, {
      hash: ["pk", candlesOf(market)],
      range: {
        name: "openTime",
        ...(startTime !== undefined && { from: startTime }),
        ...(endTime !== undefined && { to: endTime }),
      },
      limit,
    });
    return rows.map(candleOf);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #writer(shard: ShardId): ProjectionWriter {
    const writer = this.#writers.get(shard);
    assert(writer !== undefined, `the tables of ${shard} were not opened`);
    return writer;
  }

  async #merged(kind: MergedRow["kind"], id: MergedRow["id"]): Promise<MergedRow | undefined> {
    const row = await this.#dynamo.get("orders", { pk: mergedKey({ kind, id }) });
    return row && mergedOf(row);
  }

  /** Of an id that came again the newest. */
  async #byClientKey(clientKey: string): Promise<Row | undefined> {
    const [row] = await this.#allByClientKey(clientKey, 1);
    return row;
  }

  /** The newest first. */
  async #allByClientKey(clientKey: string, limit = NAMESAKES_MAX): Promise<Row[]> {
    const keys = await this.#dynamo.query("orders", {
      index: "byClientId",
      hash: ["clientKey", clientKey],
      isBackward: true,
      limit,
    });
    const rows = await Promise.all(keys.map((key) => this.#dynamo.get("orders", { pk: textOf(key, "pk") })));
    return rows.filter((row) => row !== undefined);
  }

  #ofOwner(
    owner: string,
    from: number | undefined,
    filter: Condition | undefined,
    isForward: boolean,
    limit: number,
  ): Promise<Row[]> {
    return this.#page("orders", isForward, {
      index: "byAccount",
      hash: ["owner", owner],
      range: { name: "number", ...(from !== undefined && { from }) },
      ...(filter && { filter }),
      limit,
    });
  }

  /** A page in rising order: the first rows going forward, else the newest. */
  async #page(table: "orders" | "candles", isForward: boolean, query: Query): Promise<Row[]> {
    const rows = await this.#dynamo.query(table, { ...query, isBackward: !isForward });
    return isForward ? rows : rows.reverse();
  }

  #lookAgain(everyMs: number): void {
    this.#timer = this.#dynamo.clock.schedule(everyMs, () => {
      void Promise.allSettled([...this.#writers.values()].map((writer) => writer.refresh())).then(() => {
        if (!this.#isClosed) this.#lookAgain(everyMs);
      });
    });
  }
}

function timesOf({ startTime, endTime }: { readonly startTime?: number; readonly endTime?: number }) {
  const texts = [
    ...(startTime === undefined ? [] : ["#time >= :startTime"]),
    ...(endTime === undefined ? [] : ["#time <= :endTime"]),
  ];
  if (texts.length === 0) return undefined;
  return {
    expression: texts.join(" AND "),
    values: { ...(startTime !== undefined && { startTime }), ...(endTime !== undefined && { endTime }) },
  };
}
