import type { Asset } from "#shared/domain/asset.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, AssetId, BranchId, CommandId, MarketId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Market, TradingState } from "#shared/domain/market.ts";
import type { Side } from "#shared/domain/order.ts";
import type { Subscription } from "#shared/ports/command-log.ts";
import type { OutcomeSource, Rewound } from "#shared/ports/outcome-feed.ts";
import type { CandleRow, OrderListRow, OrderRow, TradeRow } from "#shared/ports/projections.ts";
import { rebuildView, type ViewSources } from "./rebuild-view.ts";
import type {
  AccountBalance,
  AuctionResult,
  Balance,
  FollowingView,
  Level,
  OrderKey,
  OrderListKey,
  RegionView,
  Residual,
  RewoundView,
  TransferInFlight,
  ViewUpdate,
} from "./region-view.ts";

/** How often a journal that is behind is looked at. */
const LOOK_MS = 25;

/**
 * The view of a shard that follows its tape wherever that goes. Where the tape goes back, the view is built anew up to there, while what it knew is shown
 * a moment longer; then the listeners are told, and what stands on the tape behind it follows as updates.
 */
export class LiveView implements FollowingView {
  readonly shard: ShardId;
  readonly #sources: ViewSources;
  readonly #onFailure: (error: unknown) => void;
  readonly #unsureAfter: () => Seq | undefined;
  readonly #listeners = new Set<(update: ViewUpdate) => void>();
  readonly #rewindListeners = new Set<(rewound: RewoundView) => void>();
  #current: RegionView;
  #currentUpdates: Subscription;
  /** Outcomes that came while a view is built; `undefined` while none is. */
  #waiting: Outcome[] | undefined;
  #toSeq: Seq = 0 as Seq;

  /**
   * @param view stands at the journal's last seq, and the next outcome of the feed follows it
   * @param unsureAfter the last seq that stays, while this Region owns the shard and is not sure of it
   */
  constructor(
    view: RegionView,
    feed: OutcomeSource,
    sources: ViewSources,
    onFailure: (error: unknown) => void,
    unsureAfter: () => Seq | undefined = () => undefined,
  ) {
    this.shard = view.shard;
    this.#sources = sources;
    this.#onFailure = onFailure;
    this.#unsureAfter = unsureAfter;
    this.#current = view;
    this.#currentUpdates = this.#listen(view);
    feed.subscribe(
      (outcome) => this.apply(outcome),
      (rewound) => this.#rewind(rewound),
    );
  }

  get branch(): BranchId {
    return this.#current.branch;
  }

  get seq(): Seq {
    return this.#current.seq;
  }

  get tablesSeq(): Seq {
    return this.#current.tablesSeq;
  }

  get provisionalAfter(): Seq | undefined {
    const unsureAfter = this.#unsureAfter();
    const { provisionalAfter } = this.#current;
    if (provisionalAfter === undefined || unsureAfter === undefined) return provisionalAfter ?? unsureAfter;
    return Math.min(provisionalAfter, unsureAfter) as Seq;
  }

  isProvisional(_market: MarketId, seq: number): boolean {
    const after = this.provisionalAfter;
    return after !== undefined && seq > after;
  }

  get time(): number {
    return this.#current.time;
  }

  apply(outcome: Outcome): void {
    if (this.#waiting === undefined) this.#current.apply(outcome);
    else this.#waiting.push(outcome);
  }

  onUpdate(listener: (update: ViewUpdate) => void): { cancel(): void } {
    this.#listeners.add(listener);
    return { cancel: () => this.#listeners.delete(listener) };
  }

  onRewind(listener: (rewound: RewoundView) => void): { cancel(): void } {
    this.#rewindListeners.add(listener);
    return { cancel: () => this.#rewindListeners.delete(listener) };
  }

  assets(): readonly Asset[] {
    return this.#current.assets();
  }

  asset(id: string): Asset | undefined {
    return this.#current.asset(id);
  }

  markets(): readonly Market[] {
    return this.#current.markets();
  }

  market(id: string): Market | undefined {
    return this.#current.market(id);
  }

  tradingState(market: MarketId): TradingState {
    return this.#current.tradingState(market);
  }

  indicativeAuction(market: MarketId): AuctionResult | undefined {
    return this.#current.indicativeAuction(market);
  }

  levels(market: MarketId, side: Side, limit: number): readonly Level[] {
    return this.#current.levels(market, side, limit);
  }

  lastUpdateId(market: MarketId): number {
    return this.#current.lastUpdateId(market);
  }

  recentTrades(market: MarketId, limit: number): readonly TradeRow[] {
    return this.#current.recentTrades(market, limit);
  }

  recentCandles(market: MarketId): readonly CandleRow[] {
    return this.#current.recentCandles(market);
  }

  balances(account: AccountId): readonly Balance[] {
    return this.#current.balances(account);
  }

  balance(account: AccountId, asset: AssetId): Balance {
    return this.#current.balance(account, asset);
  }

  allBalances(): readonly AccountBalance[] {
    return this.#current.allBalances();
  }

  residuals(): readonly Residual[] {
    return this.#current.residuals();
  }

  transfersInFlight(): readonly TransferInFlight[] {
    return this.#current.transfersInFlight();
  }

  creditedAt(transferId: CommandId): Seq | undefined {
    return this.#current.creditedAt(transferId);
  }

  openOrders(account: AccountId, market?: MarketId): readonly OrderRow[] {
    return this.#current.openOrders(account, market);
  }

  openOrderLists(account: AccountId): readonly OrderListRow[] {
    return this.#current.openOrderLists(account);
  }

  orderList(account: AccountId, key: OrderListKey): OrderListRow | undefined {
    return this.#current.orderList(account, key);
  }

  order(account: AccountId, market: MarketId, key: OrderKey): OrderRow | undefined {
    return this.#current.order(account, market, key);
  }

  #listen(view: RegionView): Subscription {
    return view.onUpdate((update) => {
      for (const listener of [...this.#listeners]) listener(update);
    });
  }

  #rewind({ toSeq }: Rewound): void {
    const isBuilding = this.#waiting !== undefined;
    this.#toSeq = isBuilding ? (Math.min(this.#toSeq, toSeq) as Seq) : toSeq;
    this.#waiting = (this.#waiting ?? []).filter(({ seq }) => seq <= toSeq);
    if (!isBuilding) this.#rebuild().catch(this.#onFailure);
  }

  async #rebuild(): Promise<void> {
    for (;;) {
      const toSeq = this.#toSeq;
      await this.#journalReaches(toSeq);
      const view = await rebuildView(this.#sources, toSeq);
      // Gone back further meanwhile: this one is of a tape that is no more.
      if (this.#toSeq < toSeq) continue;
      this.#currentUpdates.cancel();
      this.#current = view;
      this.#currentUpdates = this.#listen(view);
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      const { branch, seq } = view;
      for (const listener of [...this.#rewindListeners]) listener({ branch, toSeq: seq });
      for (const outcome of waiting) view.apply(outcome);
      return;
    }
  }

  /** Where another task writes the journal, what is told of it runs ahead of what is known of it: that the tape went back to a place is heard before what leads there is seen. */
  async #journalReaches(seq: Seq): Promise<void> {
    const { journal, lookAtJournal, clock } = this.#sources;
    while (journal.lastSeq() < seq && this.#toSeq === seq) {
      lookAtJournal?.();
      await new Promise<void>((resolve) => clock.schedule(LOOK_MS, resolve));
    }
  }
}
