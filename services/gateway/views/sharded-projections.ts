import type { AccountId, MarketId, OrderId, OrderListId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { BranchRun, Journal } from "#shared/ports/journal.ts";
import type {
  CandleQuery,
  CandleRow,
  OrderListQuery,
  OrderListRow,
  OrderQuery,
  OrderRow,
  PreventedMatchQuery,
  PreventedMatchRow,
  ProjectionBatch,
  ProjectionStand,
  Projections,
  TradeQuery,
  TradeRow,
} from "#shared/ports/projections.ts";
import { heldThrough } from "#shared/read-model/held-through.ts";

/** The tables of several shards as one: a market's rows are in those of its shard, what is named by a number alone is looked up in each. */
export class ShardedProjections implements Projections {
  readonly #shards: ReadonlyMap<ShardId, Projections>;
  readonly #journals: ReadonlyMap<ShardId, Pick<Journal, "branches">>;
  readonly #shardOf: (market: MarketId) => ShardId | undefined;

  constructor(
    shards: ReadonlyMap<
      ShardId,
      { readonly projections: Projections; readonly journal: Pick<Journal, "branches"> }
    >,
    shardOf: (market: MarketId) => ShardId | undefined,
  ) {
    this.#shards = new Map([...shards].map(([shard, { projections }]) => [shard, projections]));
    this.#journals = new Map([...shards].map(([shard, { journal }]) => [shard, journal]));
    this.#shardOf = shardOf;
  }

  /** Of the tape as its journal is now: while the tables have yet to go back to it, no further than both have in common. */
  position(shard: ShardId): number {
    const journal = this.#journals.get(shard);
    assert(journal !== undefined, `the gateway has the journal of ${shard}`);
    return heldThrough(shard, { journal, projections: this.#shard(shard) });
  }

  stand(shard: ShardId): ProjectionStand {
    return this.#shard(shard).stand(shard);
  }

  rewind(shard: ShardId, history: readonly BranchRun[]): Promise<number> {
    return this.#shard(shard).rewind(shard, history);
  }

  commit(batch: ProjectionBatch): Promise<void> {
    return this.#shard(batch.shard).commit(batch);
  }

  async order(orderId: OrderId): Promise<OrderRow | undefined> {
    for (const shard of this.#shards.values()) {
      const order = await shard.order(orderId);
      if (order !== undefined) return order;
    }
    return undefined;
  }

  async orderByClientId(
    account: AccountId,
    market: MarketId,
    clientOrderId: string,
  ): Promise<OrderRow | undefined> {
    return this.#of(market)?.orderByClientId(account, market, clientOrderId);
  }

  async orders(query: OrderQuery): Promise<readonly OrderRow[]> {
    return (await this.#of(query.market)?.orders(query)) ?? [];
  }

  async orderList(listId: OrderListId): Promise<OrderListRow | undefined> {
    for (const shard of this.#shards.values()) {
      const list = await shard.orderList(listId);
      if (list !== undefined) return list;
    }
    return undefined;
  }

  /** Of several of one name, each in another shard, the newest. */
  async orderListByClientId(
    account: AccountId,
    listClientOrderId: string,
  ): Promise<OrderListRow | undefined> {
    const all = [...this.#shards.values()];
    const found = await Promise.all(
      all.map((shard) => shard.orderListByClientId(account, listClientOrderId)),
    );
    return found.flatMap((list) => list ?? []).sort((a, b) => b.listId - a.listId)[0];
  }

  async orderLists(query: OrderListQuery): Promise<readonly OrderListRow[]> {
    const parts = await Promise.all([...this.#shards.values()].map((shard) => shard.orderLists(query)));
    const lists = parts.flat().sort((a, b) => a.listId - b.listId);
    const isFromStart = query.fromListId !== undefined || query.startTime !== undefined;
    return isFromStart ? lists.slice(0, query.limit) : lists.slice(-query.limit);
  }

  async preventedMatches(query: PreventedMatchQuery): Promise<readonly PreventedMatchRow[]> {
    return (await this.#of(query.market)?.preventedMatches(query)) ?? [];
  }

  async trades(query: TradeQuery): Promise<readonly TradeRow[]> {
    return (await this.#of(query.market)?.trades(query)) ?? [];
  }

  async candles(query: CandleQuery): Promise<readonly CandleRow[]> {
    return (await this.#of(query.market)?.candles(query)) ?? [];
  }

  async close(): Promise<void> {
    await Promise.all([...this.#shards.values()].map((shard) => shard.close()));
  }

  #of(market: MarketId): Projections | undefined {
    const shard = this.#shardOf(market);
    return shard === undefined ? undefined : this.#shard(shard);
  }

  #shard(id: ShardId): Projections {
    const shard = this.#shards.get(id);
    assert(shard !== undefined, `the gateway has tables of ${id}`);
    return shard;
  }
}
