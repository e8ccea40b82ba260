import type { Asset } from "#shared/domain/asset.ts";
import type { AccountId, OrderId } from "#shared/domain/ids.ts";
import { formatAmount, formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import { isAlgo, isMarketType, type Side } from "#shared/domain/order.ts";
import type { OrderRow, PreventedMatchRow, TradeRow } from "#shared/ports/projections.ts";
import type { OrderFillRow, OrderResult } from "#shared/read-model/order-result.ts";
import type { MarketsView } from "../views/region-view.ts";
import { findMarket, type MarketTerms } from "./find-market.ts";

export type ResponseType = "ACK" | "RESULT" | "FULL";

/** What Binance writes for a time that has not come, and for no order list. */
const NONE = -1;

/** Writes domain rows in Binance's words: one place that knows scales and field names. */
export class OrderJson {
  readonly #view: MarketsView;

  constructor(view: MarketsView) {
    this.#view = view;
  }

  /** As GET /api/v3/order answers. */
  order(order: OrderRow) {
    const { market, base } = this.#terms(order.market);
    return {
      ...this.#head(order),
      ...this.#body(order),
      ...this.#conditional(order),
      stopPrice: formatPrice(market, order.stopPrice),
      icebergQty: formatQuantity(market, base, order.icebergQuantity),
      time: order.time,
      updateTime: order.updateTime,
      isWorking: order.workingTime > 0,
      workingTime: timeOrNone(order.workingTime),
    };
  }

  /** As POST /api/v3/order answers. */
  placed(result: OrderResult, type: ResponseType) {
    if (type === "ACK") return this.#acknowledgement(result.order);
    return type === "RESULT" ? this.#result(result.order) : this.#full(result);
  }

  #head({ market, orderId, listId, clientOrderId, seq }: OrderRow) {
    const standing = this.#view.isProvisional(market, seq) ? { provisional: true } : {};
    return { symbol: market, orderId, orderListId: listId || NONE, clientOrderId, ...standing };
  }

  #acknowledgement(order: OrderRow) {
    return { ...this.#head(order), transactTime: order.updateTime };
  }

  #result(order: OrderRow) {
    return {
      ...this.#acknowledgement(order),
      ...this.#body(order),
      ...this.#conditional(order),
      workingTime: timeOrNone(order.workingTime),
    };
  }

  #full({ order, fills, preventedMatches }: OrderResult) {
    const prevented = preventedMatches.map((match) => this.#preventedOfOrder(match));
    return {
      ...this.#result(order),
      fills: fills.map((fill) => this.#fill(fill)),
      ...(prevented.length === 0 ? {} : { preventedMatches: prevented }),
    };
  }

  /** As DELETE /api/v3/order answers; a cancel has a client id of its own. */
  canceled(order: OrderRow, cancelId: string) {
    return {
      ...this.#head(order),
      ...this.#body(order),
      ...this.#conditional(order),
      origClientOrderId: order.clientOrderId,
      clientOrderId: cancelId,
      transactTime: order.updateTime,
    };
  }

  /** As PUT /api/v3/order/amend/keepPriority answers. */
  amended(order: OrderRow, executionId: number) {
    const { market, base } = this.#terms(order.market);
    const { origQty, cummulativeQuoteQty, origQuoteOrderQty, ...rest } = this.#body(order);
    const { preventedQuantity: _asPreventedQty, ...conditional } = this.#conditional(order);
    return {
      transactTime: order.updateTime,
      executionId,
      amendedOrder: {
        ...this.#head(order),
        ...rest,
        ...conditional,
        origClientOrderId: order.clientOrderId,
        qty: origQty,
        preventedQty: formatQuantity(market, base, order.prevented),
        quoteOrderQty: origQuoteOrderQty,
        cumulativeQuoteQty: cummulativeQuoteQty,
        workingTime: timeOrNone(order.workingTime),
      },
    };
  }

  /** As GET /api/v3/myPreventedMatches answers: what was taken off an order is there for those that lost something. */
  preventedMatch(match: PreventedMatchRow) {
    const { market } = this.#terms(match.market);
    return {
      symbol: match.market,
      preventedMatchId: match.preventedMatchId,
      takerOrderId: match.takerOrderId,
      makerSymbol: match.market,
      makerOrderId: match.makerOrderId,
      // There are no groups of accounts.
      tradeGroupId: NONE,
      selfTradePreventionMode: match.mode,
      price: formatPrice(market, match.price),
      ...this.#preventedQuantities(match),
      transactTime: match.time,
    };
  }

  /** As GET /api/v3/myTrades answers: once for each role that the account had. */
  ownTrades(trade: TradeRow, account: AccountId, listIdOf: (orderId: OrderId) => number) {
    const { makerOrderId, takerOrderId, makerFee, takerFee } = trade;
    const roles = [];
    if (trade.makerAccount === account) roles.push({ isMaker: true, orderId: makerOrderId, fee: makerFee });
    if (trade.takerAccount === account) roles.push({ isMaker: false, orderId: takerOrderId, fee: takerFee });
    return roles.map(({ isMaker, orderId, fee }) => {
      const isBuyer = (trade.takerSide === "BUY") !== isMaker;
      const received = this.#received(trade, isBuyer ? "BUY" : "SELL");
      return {
        symbol: trade.market,
        ...this.#amounts(trade),
        orderId,
        orderListId: listIdOf(orderId) || NONE,
        commission: formatAmount(received, fee),
        commissionAsset: received.id,
        time: trade.time,
        isBuyer,
        isMaker,
        isBestMatch: true,
      };
    });
  }

  /** As GET /api/v3/trades answers. */
  publicTrade(trade: TradeRow) {
    const isBuyerMaker = trade.takerSide === "SELL";
    return { ...this.#amounts(trade), time: trade.time, isBuyerMaker, isBestMatch: true };
  }

  #body(order: OrderRow) {
    const { market, base, quote } = this.#terms(order.market);
    return {
      price: formatPrice(market, order.price),
      // Binance gives what was executed as the quantity of an order by quoteOrderQty.
      origQty: formatQuantity(market, base, order.quantity === 0 ? order.executed : order.quantity),
      executedQty: formatQuantity(market, base, order.executed),
      origQuoteOrderQty: formatAmount(quote, order.quoteQuantity),
      cummulativeQuoteQty: formatAmount(quote, order.executedQuote),
      status: order.status,
      // Binance shows GTC for orders without a price, which know no time in force.
      timeInForce: isMarketType(order.type) ? "GTC" : order.timeInForce,
      type: order.type,
      side: order.side,
      selfTradePreventionMode: order.selfTradePrevention,
    };
  }

  /** What only some orders have (Binance: "Conditional fields in Order Responses"). */
  #conditional(order: OrderRow) {
    const { market, base } = this.#terms(order.market);
    const { type, icebergQuantity, trailingDelta, goodTillDate, preventedMatchId, prevented } = order;
    return {
      ...(isAlgo(type) ? { stopPrice: formatPrice(market, order.stopPrice) } : {}),
      ...(icebergQuantity > 0 ? { icebergQty: formatQuantity(market, base, icebergQuantity) } : {}),
      ...(trailingDelta > 0 ? { trailingDelta, trailingTime: timeOrNone(order.trailingTime) } : {}),
      ...(goodTillDate > 0 ? { goodTillDate } : {}),
      ...(preventedMatchId > 0
        ? { preventedMatchId, preventedQuantity: formatQuantity(market, base, prevented) }
        : {}),
    };
  }

  #preventedOfOrder(match: PreventedMatchRow) {
    const { market } = this.#terms(match.market);
    return {
      preventedMatchId: match.preventedMatchId,
      makerOrderId: match.makerOrderId,
      price: formatPrice(market, match.price),
      ...this.#preventedQuantities(match),
    };
  }

  #preventedQuantities({ market: id, takerPrevented, makerPrevented }: PreventedMatchRow) {
    const { market, base } = this.#terms(id);
    const quantity = (lots: number) => formatQuantity(market, base, lots);
    return {
      ...(takerPrevented > 0 ? { takerPreventedQuantity: quantity(takerPrevented) } : {}),
      ...(makerPrevented > 0 ? { makerPreventedQuantity: quantity(makerPrevented) } : {}),
    };
  }

  #fill({ trade, isMaker }: OrderFillRow) {
    const { market, base } = this.#terms(trade.market);
    const isBuyer = (trade.takerSide === "BUY") !== isMaker;
    const received = this.#received(trade, isBuyer ? "BUY" : "SELL");
    return {
      price: formatPrice(market, trade.price),
      qty: formatQuantity(market, base, trade.quantity),
      commission: formatAmount(received, isMaker ? trade.makerFee : trade.takerFee),
      commissionAsset: received.id,
      tradeId: trade.tradeId,
    };
  }

  #amounts(trade: TradeRow) {
    const { market, base, quote } = this.#terms(trade.market);
    return {
      id: trade.tradeId,
      price: formatPrice(market, trade.price),
      qty: formatQuantity(market, base, trade.quantity),
      quoteQty: formatAmount(quote, trade.quote),
    };
  }

  /** Fees are taken from what is received. */
  #received(trade: TradeRow, side: Side): Asset {
    const { base, quote } = this.#terms(trade.market);
    return side === "BUY" ? base : quote;
  }

  #terms(id: string): MarketTerms {
    return findMarket(this.#view, id);
  }
}

function timeOrNone(time: number): number {
  return time === 0 ? NONE : time;
}
