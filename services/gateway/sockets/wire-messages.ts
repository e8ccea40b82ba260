import type { Asset } from "#shared/domain/asset.ts";
import type { BalanceChanged, MarketStateChanged, OrdersMerged } from "#shared/domain/event.ts";
import type { MarketId, Seq } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Market } from "#shared/domain/market.ts";
import { formatAmount, formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import type { CandleRow, OrderListRow, OrderRow, TradeRow } from "#shared/ports/projections.ts";
import type {
  BalanceMessage,
  ExecutionReport,
  KlineMessage,
  ListStatusMessage,
  MarketStatusMessage,
  OrdersMergedMessage,
  Place,
  TickerMessage,
  TradeMessage,
  WireAuction,
  WireLevel,
} from "#shared/protocol/socket.ts";
import { isOpen } from "#shared/read-model/order-status.ts";
import { orderListJson } from "../rest/order-list-json.ts";
import { type Interval, nextInterval } from "../views/intervals.ts";
import type {
  AuctionResult,
  Balance,
  Level,
  OrderFill,
  OrderReport,
  RegionView,
} from "../views/region-view.ts";
import { ticker24h } from "../views/ticker.ts";

interface Terms {
  readonly market: Market;
  readonly base: Asset;
  readonly quote: Asset;
}

/** Writes what the view knows in the words and decimals of the socket protocol. */
export class WireMessages {
  readonly #view: RegionView;

  constructor(view: RegionView) {
    this.#view = view;
  }

  /** A place in an outcome, or behind all that the view has folded. */
  place(at: Pick<RegionView, "branch" | "seq">, index: number, previousSeq: number | null): Place {
    return { shard: this.#view.shard, branch: at.branch, seq: at.seq, index, previousSeq };
  }

  /** Where a row stands that changed last at a seq. */
  placeOf(row: { readonly seq: Seq }): Place {
    if (row.seq === 0) return this.placeOfNone();
    return this.place({ branch: this.#view.branch, seq: row.seq }, 0, null);
  }

  /** The place of what no fold has seen: of no feed. */
  placeOfNone(): Place {
    return { shard: this.#view.shard, branch: "", seq: 0, index: 0, previousSeq: null };
  }

  executionReport(report: OrderReport, rejectReason: string, place: Place): ExecutionReport {
    const { order, fill, executionType } = report;
    return {
      ...place,
      ...this.#orderFields(order),
      ...this.#fillFields(order, fill),
      ...this.#preventionFields(report),
      executionType,
      rejectReason,
    };
  }

  /** How an open order stands, in the words of its latest report. */
  openOrder(order: OrderRow): ExecutionReport {
    const started = order.executed === 0 ? "NEW" : "TRADE";
    const executionType = order.status === "QUEUED" ? "QUEUED" : started;
    return this.executionReport({ index: 0, executionType, order }, "NONE", this.placeOf(order));
  }

  listStatus(list: OrderListRow, place: Place): ListStatusMessage {
    return { ...place, ...orderListJson(list) };
  }

  ordersMerged(
    { commandId, account, market, orders, listId }: OrdersMerged,
    time: number,
    place: Place,
  ): OrdersMergedMessage {
    const standing = (clientOrderId: string) => {
      const order = this.#view.order(account, market, { clientOrderId });
      // An order that only a snapshot told of does not say which command it came with.
      return order?.commandId === commandId || order?.commandId === "" ? order : undefined;
    };
    return {
      ...place,
      symbol: market,
      orderListId: listId === 0 ? -1 : listId,
      canonicalOrderListId: standing(orders[0]?.clientOrderId ?? "")?.listId || -1,
      orders: orders.map(({ orderId, clientOrderId }) => ({
        orderId,
        clientOrderId,
        canonicalOrderId: standing(clientOrderId)?.orderId ?? -1,
      })),
      time,
    };
  }

  marketStatus(
    { market, state }: MarketStateChanged,
    auction: AuctionResult | undefined,
    time: number,
    place: Place,
  ): MarketStatusMessage {
    return { ...place, symbol: market, status: state, auction: this.#auction(market, auction), time };
  }

  balance({ asset, free, locked }: BalanceChanged, time: number, place: Place): BalanceMessage {
    return { ...place, ...this.amounts({ asset, free, locked }), time };
  }

  amounts({ asset, free, locked }: Balance): { asset: string; free: string; locked: string } {
    const terms = this.#asset(asset);
    return { asset, free: formatAmount(terms, free), locked: formatAmount(terms, locked) };
  }

  trade(trade: TradeRow, place: Place): TradeMessage {
    const { market, base, quote } = this.#terms(trade.market);
    return {
      ...place,
      symbol: trade.market,
      tradeId: trade.tradeId,
      price: formatPrice(market, trade.price),
      quantity: formatQuantity(market, base, trade.quantity),
      quoteQuantity: formatAmount(quote, trade.quote),
      time: trade.time,
      isBuyerMaker: trade.takerSide === "SELL",
      provisional: this.#isProvisional(trade.seq),
    };
  }

  levels(id: MarketId, levels: Iterable<Level>): WireLevel[] {
    const { market, base } = this.#terms(id);
    return Array.from(
      levels,
      ({ price, quantity }): WireLevel => [
        formatPrice(market, price),
        formatQuantity(market, base, quantity),
      ],
    );
  }

  /** `now`: epoch ms. */
  ticker(id: MarketId, now: number): TickerMessage {
    const { market, base, quote } = this.#terms(id);
    const ticker = ticker24h(this.#view, id, now);
    const status = this.#view.tradingState(id);
    const price = (ticks: number) => formatPrice(market, ticks);
    const quantity = (lots: number) => formatQuantity(market, base, lots);
    return {
      ...this.place(this.#view, 0, null),
      symbol: id,
      status,
      indicativeAuction: status === "BREAK" ? this.#auction(id, this.#view.indicativeAuction(id)) : null,
      lastPrice: price(ticker.last),
      priceChange: price(ticker.last - ticker.open),
      priceChangePercent: percent(ticker.last - ticker.open, ticker.open),
      openPrice: price(ticker.open),
      highPrice: price(ticker.high),
      lowPrice: price(ticker.low),
      volume: quantity(ticker.volume),
      quoteVolume: formatAmount(quote, ticker.quoteVolume),
      bidPrice: price(ticker.bid?.price ?? 0),
      bidQty: quantity(ticker.bid?.quantity ?? 0),
      askPrice: price(ticker.ask?.price ?? 0),
      askQty: quantity(ticker.ask?.quantity ?? 0),
      time: now,
    };
  }

  kline(candle: CandleRow, interval: Interval): KlineMessage {
    const { market, base, quote } = this.#terms(candle.market);
    return {
      ...this.place(this.#view, 0, null),
      symbol: candle.market,
      interval,
      openTime: candle.openTime,
      closeTime: nextInterval(interval, candle.openTime) - 1,
      open: formatPrice(market, candle.open),
      high: formatPrice(market, candle.high),
      low: formatPrice(market, candle.low),
      close: formatPrice(market, candle.close),
      volume: formatQuantity(market, base, candle.volume),
      quoteVolume: formatAmount(quote, candle.quoteVolume),
      trades: candle.trades,
    };
  }

  #orderFields(order: OrderRow) {
    const { market, base, quote } = this.#terms(order.market);
    return {
      symbol: order.market,
      orderId: order.orderId,
      orderListId: order.listId || -1,
      clientOrderId: order.clientOrderId,
      origClientOrderId: order.clientOrderId,
      side: order.side,
      orderType: order.type,
      timeInForce: order.timeInForce,
      quantity: formatQuantity(market, base, order.quantity),
      price: formatPrice(market, order.price),
      quoteOrderQty: formatAmount(quote, order.quoteQuantity),
      stopPrice: formatPrice(market, order.stopPrice),
      trailingDelta: order.trailingDelta,
      icebergQty: formatQuantity(market, base, order.icebergQuantity),
      goodTillDate: order.goodTillDate,
      orderStatus: order.status,
      cumulativeFilledQuantity: formatQuantity(market, base, order.executed),
      cumulativeQuoteQuantity: formatAmount(quote, order.executedQuote),
      // As on Binance: what never joins the book is never on it.
      isOnBook: order.workingTime > 0 && canRest(order) && isOpen(order.status),
      isWorking: order.workingTime > 0,
      workingTime: order.workingTime || -1,
      selfTradePreventionMode: order.selfTradePrevention,
      orderCreationTime: order.time,
      transactionTime: order.updateTime,
      provisional: this.#isProvisional(order.seq),
    };
  }

  #fillFields({ market: id }: OrderRow, fill: OrderFill | undefined) {
    const { market, base, quote } = this.#terms(id);
    return {
      lastExecutedQuantity: formatQuantity(market, base, fill?.trade.quantity ?? 0),
      lastExecutedPrice: formatPrice(market, fill?.trade.price ?? 0),
      lastQuoteQuantity: formatAmount(quote, fill?.trade.quote ?? 0),
      commissionAmount:
        fill === undefined ? "0.00000000" : formatAmount(this.#asset(fill.feeAsset), fill.fee),
      commissionAsset: fill?.feeAsset ?? null,
      tradeId: fill?.trade.tradeId ?? -1,
    };
  }

  #preventionFields({ order, executionType, fill, isMaker, lastPrevented = 0 }: OrderReport) {
    const { market, base } = this.#terms(order.market);
    return {
      isMaker: fill?.isMaker ?? isMaker ?? false,
      preventedQuantity: formatQuantity(market, base, order.prevented),
      lastPreventedQuantity: formatQuantity(market, base, lastPrevented),
      preventedMatchId: executionType === "TRADE_PREVENTION" ? order.preventedMatchId : -1,
    };
  }

  #auction(id: MarketId, auction: AuctionResult | undefined): WireAuction | null {
    if (auction === undefined) return null;
    const { market, base } = this.#terms(id);
    return {
      price: formatPrice(market, auction.price),
      quantity: formatQuantity(market, base, auction.quantity),
    };
  }

  #isProvisional(seq: Seq): boolean {
    const { provisionalAfter } = this.#view;
    return provisionalAfter !== undefined && seq > provisionalAfter;
  }

  #asset(id: string): Asset {
    const asset = this.#view.asset(id);
    assert(asset !== undefined, `a row names the unknown asset ${id}`);
    return asset;
  }

  #terms(id: string): Terms {
    const market = this.#view.market(id);
    assert(market !== undefined, `a row names the unknown market ${id}`);
    return { market, base: this.#asset(market.base), quote: this.#asset(market.quote) };
  }
}

function canRest({ timeInForce }: OrderRow): boolean {
  return timeInForce === "GTC" || timeInForce === "GTD";
}

/** A change in percent with three digits, as Binance writes it, rounded towards zero. Exact for any safe integers. */
function percent(change: number, from: number): string {
  if (from === 0) return "0.000";
  const milli = (BigInt(Math.abs(change)) * 100_000n) / BigInt(from);
  const text = milli.toString().padStart(4, "0");
  return `${change < 0 && milli > 0n ? "-" : ""}${text.slice(0, -3)}.${text.slice(-3)}`;
}
