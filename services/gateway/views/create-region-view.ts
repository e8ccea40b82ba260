import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { Asset } from "#shared/domain/asset.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, AssetId, BranchId, CommandId, MarketId, Seq, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Market, TradingState } from "#shared/domain/market.ts";
import type { Side } from "#shared/domain/order.ts";
import type { CandleRow, OrderListRow, OrderRow, TradeRow } from "#shared/ports/projections.ts";
import { hears } from "#shared/protocol/bus/consumers.ts";
import { type KnownRows, NO_KNOWN_ROWS } from "#shared/read-model/known-rows.ts";
import { OrderFolder } from "#shared/read-model/order-folder.ts";
import { OrderListFolder } from "#shared/read-model/order-list-folder.ts";
import { BalanceMemory } from "./balance-memory.ts";
import { BookView } from "./book-view.ts";
import { indicativeAuction } from "./indicative-auction.ts";
import { MarketTape } from "./market-tape.ts";
import { OrderListMemory } from "./order-list-memory.ts";
import { OrderMemory } from "./order-memory.ts";
import { rejectionReport, reportOf } from "./order-reports.ts";
import type {
  AccountBalance,
  AuctionResult,
  Balance,
  Level,
  OrderKey,
  OrderListKey,
  OrderReport,
  RegionView,
  Residual,
  TransferInFlight,
  ViewUpdate,
} from "./region-view.ts";
import { remainingLevels } from "./remaining-levels.ts";
import { TransferMemory } from "./transfer-memory.ts";

export interface RegionViewStart {
  /** The state to go on from. */
  readonly state: EngineState;
  /** What the projections hold of each market's last 24 hours, up to that state. */
  readonly trades: ReadonlyMap<MarketId, readonly TradeRow[]>;
  readonly candles: ReadonlyMap<MarketId, readonly CandleRow[]>;
  /** What the projections know of its open orders and lists besides. */
  readonly known?: KnownRows;
  /** Where the state's fork left its parent, if it stands in one. */
  readonly provisionalAfter?: Seq | undefined;
  /** How markets are listed, others after them by id; the order of the configuration if not given. */
  readonly marketOrder?: readonly MarketId[];
}

/** A view that goes on from a state of the fold. */
export function createRegionView(start: RegionViewStart): RegionView {
  return new MemoryRegionView(start);
}

class MemoryRegionView implements RegionView {
  readonly shard: ShardId;
  #branch: BranchId;
  #seq: Seq;
  #tablesSeq: Seq;
  #time: number;
  #provisionalAfter: Seq | undefined;
  readonly #assets = new Map<string, Asset>();
  readonly #markets = new Map<string, Market>();
  readonly #marketOrder: ReadonlyMap<MarketId, number>;
  readonly #tradingStates = new Map<MarketId, TradingState>();
  readonly #lastPrices = new Map<MarketId, number>();
  readonly #auctions = new Map<MarketId, { readonly seq: Seq; readonly result: AuctionResult | undefined }>();
  readonly #books = new Map<MarketId, BookView>();
  readonly #tapes = new Map<MarketId, MarketTape>();
  readonly #balances: BalanceMemory;
  readonly #orders = new OrderMemory();
  readonly #lists = new OrderListMemory();
  readonly #transfers: TransferMemory;
  readonly #folder: OrderFolder;
  readonly #listFolder: OrderListFolder;
  readonly #listeners = new Set<(update: ViewUpdate) => void>();

  constructor({
    state,
    trades,
    candles,
    marketOrder,
    provisionalAfter,
    known = NO_KNOWN_ROWS,
  }: RegionViewStart) {
    this.#provisionalAfter = provisionalAfter;
    const order = marketOrder ?? defaultDefinitions().markets.map(({ id }) => id);
    this.#marketOrder = new Map(order.map((id, place) => [id, place]));
    this.shard = state.shard;
    this.#branch = state.branch;
    this.#seq = state.seq;
    this.#tablesSeq = state.seq;
    this.#time = state.time;
    for (const { asset } of state.assets) this.#assets.set(asset.id, asset);
    for (const { market, bids, asks, lastUpdateId, state: tradingState, lastPrice } of state.markets) {
      this.#markets.set(market.id, market);
      this.#tradingStates.set(market.id, tradingState);
      this.#lastPrices.set(market.id, lastPrice);
      this.#books.set(market.id, new BookView(bids, asks, lastUpdateId));
      this.#tapes.set(market.id, new MarketTape(trades.get(market.id) ?? [], candles.get(market.id) ?? []));
    }
    this.#balances = new BalanceMemory(state.balances, state.assets);
    this.#folder = new OrderFolder(state, { known });
    for (const order of this.#folder.openOrders()) this.#orders.put(order);
    this.#transfers = new TransferMemory(state);
    this.#listFolder = new OrderListFolder(state, known);
    for (const list of this.#listFolder.openLists()) this.#lists.put(list);
  }

  get branch(): BranchId {
    return this.#branch;
  }

  get seq(): Seq {
    return this.#seq;
  }

  get tablesSeq(): Seq {
    return this.#tablesSeq;
  }

  get provisionalAfter(): Seq | undefined {
    return this.#provisionalAfter;
  }

  isProvisional(_market: MarketId, seq: number): boolean {
    return this.#provisionalAfter !== undefined && seq > this.#provisionalAfter;
  }

  get time(): number {
    return this.#time;
  }

  apply(outcome: Outcome): void {
    if (outcome.seq <= this.#seq) return;
    assert(outcome.seq === this.#seq + 1, `the view stands at ${this.#seq} and cannot take ${outcome.seq}`);
    this.#branch = outcome.branch;
    this.#seq = outcome.seq;
    if (outcome.events.some(({ kind }) => hears("projector", kind))) this.#tablesSeq = outcome.seq;
    this.#time = outcome.time;
    const reports: OrderReport[] = [];
    const trades: TradeRow[] = [];
    for (const change of this.#folder.fold(outcome)) {
      this.#orders.put(change.order);
      const report = reportOf(change, (id) => this.#known(id));
      if (report !== undefined) reports.push(report);
      if (change.trade === undefined || change.isMaker === false) continue;
      trades.push(change.trade);
      this.#tapes.get(change.trade.market)?.apply(change.trade);
      this.#lastPrices.set(change.trade.market, change.trade.price);
    }
    this.#transfers.fold(outcome);
    const lists = this.#listFolder.fold(outcome);
    for (const { list } of lists) this.#lists.put(list);
    for (const [index, event] of outcome.events.entries()) {
      this.#balances.fold(event);
      switch (event.kind) {
        case "BranchBegan":
          this.#provisionalAfter = event.provisional ? event.parentSeq : undefined;
          break;
        case "LevelChanged":
          this.#books.get(event.market)?.apply(event);
          break;
        case "AssetDefined":
          this.#assets.set(event.asset.id, event.asset);
          break;
        case "MarketDefined":
          this.#define(event.market);
          break;
        case "MarketStateChanged":
          this.#tradingStates.set(event.market, event.state);
          break;
        case "CommandRejected": {
          const report = rejectionReport(event, index, outcome);
          if (report !== undefined) reports.push(report);
          break;
        }
        default:
      }
    }
    const update = { outcome, reports, lists, trades };
    for (const listener of this.#listeners) listener(update);
  }

  onUpdate(listener: (update: ViewUpdate) => void): { cancel(): void } {
    this.#listeners.add(listener);
    return { cancel: () => this.#listeners.delete(listener) };
  }

  assets(): readonly Asset[] {
    return [...this.#assets.values()];
  }

  asset(id: string): Asset | undefined {
    return this.#assets.get(id);
  }

  markets(): readonly Market[] {
    const place = ({ id }: Market) => this.#marketOrder.get(id) ?? this.#marketOrder.size;
    return [...this.#markets.values()].sort((a, b) => place(a) - place(b) || (a.id < b.id ? -1 : 1));
  }

  market(id: string): Market | undefined {
    return this.#markets.get(id);
  }

  tradingState(market: MarketId): TradingState {
    return this.#tradingStates.get(market) ?? "HALT";
  }

  indicativeAuction(market: MarketId): AuctionResult | undefined {
    const known = this.#auctions.get(market);
    if (known?.seq === this.#seq) return known.result;
    const { bids, asks } = remainingLevels(this.#folder.openOrders(), market);
    const result = indicativeAuction(bids, asks, this.#lastPrices.get(market) ?? 0);
    this.#auctions.set(market, { seq: this.#seq, result });
    return result;
  }

  levels(market: MarketId, side: Side, limit: number): readonly Level[] {
    return this.#books.get(market)?.levels(side, limit) ?? [];
  }

  lastUpdateId(market: MarketId): number {
    return this.#books.get(market)?.lastUpdateId ?? 0;
  }

  recentTrades(market: MarketId, limit: number): readonly TradeRow[] {
    return this.#tapes.get(market)?.trades(limit) ?? [];
  }

  recentCandles(market: MarketId): readonly CandleRow[] {
    return this.#tapes.get(market)?.candles() ?? [];
  }

  balances(account: AccountId): readonly Balance[] {
    return this.#balances.of(account);
  }

  balance(account: AccountId, asset: AssetId): Balance {
    return this.#balances.get(account, asset);
  }

  allBalances(): readonly AccountBalance[] {
    return this.#balances.all();
  }

  residuals(): readonly Residual[] {
    return this.#balances.residuals();
  }

  transfersInFlight(): readonly TransferInFlight[] {
    return this.#transfers.inFlight();
  }

  creditedAt(transferId: CommandId): Seq | undefined {
    return this.#transfers.creditedAt(transferId);
  }

  openOrders(account: AccountId, market?: MarketId): readonly OrderRow[] {
    return this.#orders.open(account, market);
  }

  order(account: AccountId, market: MarketId, key: OrderKey): OrderRow | undefined {
    return this.#orders.find(account, market, key);
  }

  openOrderLists(account: AccountId): readonly OrderListRow[] {
    return this.#lists.open(account);
  }

  orderList(account: AccountId, key: OrderListKey): OrderListRow | undefined {
    return this.#lists.find(account, key);
  }

  #known(id: MarketId): Market {
    const market = this.#markets.get(id);
    assert(market !== undefined, `an event names market ${id}, which nobody defined`);
    return market;
  }

  #define(market: Market): void {
    this.#markets.set(market.id, market);
    if (this.#books.has(market.id)) return;
    this.#tradingStates.set(market.id, "TRADING");
    this.#books.set(market.id, new BookView([], [], 0));
    this.#tapes.set(market.id, new MarketTape([], []));
  }
}
