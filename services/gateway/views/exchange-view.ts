import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { Asset } from "#shared/domain/asset.ts";
import type { AccountId, AssetId, MarketId, ShardId } from "#shared/domain/ids.ts";
import type { Market, TradingState } from "#shared/domain/market.ts";
import type { Side } from "#shared/domain/order.ts";
import type { CandleRow, OrderListRow, OrderRow, TradeRow } from "#shared/ports/projections.ts";
import type {
  AuctionResult,
  Balance,
  FollowingView,
  Level,
  MarketsView,
  OrderKey,
  OrderListKey,
  TransferInFlight,
  WaitingOrders,
} from "./region-view.ts";

export interface ExchangeViewOptions {
  /** How markets are listed, others after them by id; the order of the configuration if not given. */
  readonly marketOrder?: readonly MarketId[];
  readonly waiting?: WaitingOrders;
}

/** What a gateway shows: the views of all shards as one. A market's part comes from its shard, an account's from all of them. */
export class ExchangeView implements MarketsView {
  /** In the order of the configuration. */
  readonly shards: readonly FollowingView[];
  readonly #place: ReadonlyMap<string, number>;
  readonly #waiting: WaitingOrders | undefined;

  constructor(shards: readonly FollowingView[], { marketOrder, waiting }: ExchangeViewOptions = {}) {
    const order = marketOrder ?? defaultDefinitions().markets.map(({ id }) => id);
    this.shards = shards;
    this.#place = new Map(order.map((id, place) => [id, place]));
    this.#waiting = waiting;
  }

  get time(): number {
    return Math.max(0, ...this.shards.map(({ time }) => time));
  }

  isProvisional(market: MarketId, seq: number): boolean {
    return this.shardOf(market)?.isProvisional(market, seq) ?? false;
  }

  shard(id: string): FollowingView | undefined {
    return this.shards.find(({ shard }) => shard === id);
  }

  /** The shard that trades a market. */
  shardOf(market: string): FollowingView | undefined {
    return this.shards.find((view) => view.market(market) !== undefined);
  }

  /** The shards that hold an asset, because they trade it or because it was sent there. */
  shardsWith(asset: string): readonly ShardId[] {
    return this.shards.filter((view) => view.asset(asset) !== undefined).map(({ shard }) => shard);
  }

  /** By id. */
  assets(): readonly Asset[] {
    const assets = new Map(this.shards.flatMap((view) => view.assets().map((asset) => [asset.id, asset])));
    return [...assets.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  asset(id: string): Asset | undefined {
    for (const view of this.shards) {
      const asset = view.asset(id);
      if (asset !== undefined) return asset;
    }
    return undefined;
  }

  markets(): readonly Market[] {
    const place = ({ id }: Market) => this.#place.get(id) ?? this.#place.size;
    const markets = this.shards.flatMap((view) => view.markets());
    return markets.sort((a, b) => place(a) - place(b) || (a.id < b.id ? -1 : 1));
  }

  market(id: string): Market | undefined {
    return this.shardOf(id)?.market(id);
  }

  tradingState(market: MarketId): TradingState {
    return this.shardOf(market)?.tradingState(market) ?? "HALT";
  }

  indicativeAuction(market: MarketId): AuctionResult | undefined {
    return this.shardOf(market)?.indicativeAuction(market);
  }

  levels(market: MarketId, side: Side, limit: number): readonly Level[] {
    return this.shardOf(market)?.levels(market, side, limit) ?? [];
  }

  lastUpdateId(market: MarketId): number {
    return this.shardOf(market)?.lastUpdateId(market) ?? 0;
  }

  recentTrades(market: MarketId, limit: number): readonly TradeRow[] {
    return this.shardOf(market)?.recentTrades(market, limit) ?? [];
  }

  recentCandles(market: MarketId): readonly CandleRow[] {
    return this.shardOf(market)?.recentCandles(market) ?? [];
  }

  /** What an account has on its way from one shard to another: sent by the one, and not credited by the other yet. By id. */
  transfersInFlight(account: AccountId): readonly TransferInFlight[] {
    const sent = this.shards.flatMap((view) => view.transfersInFlight());
    return sent.filter(
      (transfer) =>
        transfer.account === account &&
        this.shard(transfer.toShard)?.creditedAt(transfer.transferId) === undefined,
    );
  }

  /** Sums over the shards. What is on its way between them counts as locked: it is there, and cannot be used yet. */
  balances(account: AccountId): readonly Balance[] {
    const sums = new Map<AssetId, Balance>();
    const inShards = this.shards.flatMap((view) => view.balances(account));
    const inFlight = this.transfersInFlight(account).map(({ asset, amount }): Balance => {
      return { asset, free: 0, locked: amount };
    });
    for (const { asset, free, locked } of [...inShards, ...inFlight]) {
      const sum = sums.get(asset);
      sums.set(asset, { asset, free: (sum?.free ?? 0) + free, locked: (sum?.locked ?? 0) + locked });
    }
    return [...sums.values()].sort((a, b) => (a.asset < b.asset ? -1 : 1));
  }

  openOrders(account: AccountId, market?: MarketId): readonly OrderRow[] {
    const orders = this.shards.flatMap((view) => view.openOrders(account, market));
    const waiting = this.#waiting?.openOrders(account, market) ?? [];
    const all = [...orders, ...waiting.filter((order) => !this.#isFolded(order))];
    return all.sort((a, b) => a.orderId - b.orderId);
  }

  openOrderLists(account: AccountId): readonly OrderListRow[] {
    const lists = this.shards.flatMap((view) => view.openOrderLists(account));
    const waiting = this.#waiting?.openOrderLists(account) ?? [];
    const isFolded = ({ listId }: OrderListRow) =>
      this.shards.some((view) => view.orderList(account, { listId }) !== undefined);
    const all = [...lists, ...waiting.filter((list) => !isFolded(list))];
    return all.sort((a, b) => a.listId - b.listId);
  }

  /** Of several of one name, each in another shard, the newest. */
  orderList(account: AccountId, key: OrderListKey): OrderListRow | undefined {
    const lists = this.shards.flatMap((view) => view.orderList(account, key) ?? []);
    return lists.sort((a, b) => b.listId - a.listId)[0] ?? this.#waiting?.orderList(account, key);
  }

  order(account: AccountId, market: MarketId, key: OrderKey): OrderRow | undefined {
    return this.shardOf(market)?.order(account, market, key) ?? this.#waiting?.order(account, market, key);
  }

  /** What waited has reached its shard, and the outbox does not know it yet. */
  #isFolded({ account, market, orderId }: OrderRow): boolean {
    return this.shardOf(market)?.order(account, market, { orderId }) !== undefined;
  }
}
