import type { Asset } from "#shared/domain/asset.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import { formatAmount, formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import type { Side } from "#shared/domain/order.ts";
import type { OrderRow, TradeRow } from "#shared/ports/projections.ts";
import type { RegionView } from "../views/region-view.ts";
import { findMarket, type MarketTerms } from "./find-market.ts";

const ZERO = "0.00000000";

/** Writes domain rows in Binance's words: one place that knows scales and field names. */
export class OrderJson {
  readonly #view: RegionView;

  constructor(view: RegionView) {
    this.#view = view;
  }

  /** As GET /api/v3/order answers. */
  order(order: OrderRow) {
    return {
      ...head(order),
      ...this.#body(order),
      stopPrice: ZERO,
      icebergQty: ZERO,
      time: order.time,
      updateTime: order.updateTime,
      isWorking: true,
      workingTime: order.time,
    };
  }

  /** As POST /api/v3/order answers with ACK. */
  acknowledgement(order: OrderRow) {
    return { ...head(order), transactTime: order.updateTime };
  }

  /** As POST /api/v3/order answers with RESULT. */
  result(order: OrderRow) {
    return { ...this.acknowledgement(order), ...this.#body(order), workingTime: order.time };
  }

  /** As POST /api/v3/order answers with FULL. */
  full(order: OrderRow, fills: readonly TradeRow[]) {
    return { ...this.result(order), fills: fills.map((trade) => this.#fill(trade)) };
  }

  /** As DELETE /api/v3/order answers; a cancel has a client id of its own. */
  canceled(order: OrderRow, cancelId: string) {
    return {
      ...head(order),
      ...this.#body(order),
      origClientOrderId: order.clientOrderId,
      clientOrderId: cancelId,
      transactTime: order.updateTime,
    };
  }

  /** As PUT /api/v3/order/amend/keepPriority answers. */
  amended(order: OrderRow, executionId: number) {
    const { origQty, cummulativeQuoteQty, origQuoteOrderQty, ...rest } = this.#body(order);
    return {
      transactTime: order.updateTime,
      executionId,
      amendedOrder: {
        ...head(order),
        ...rest,
        origClientOrderId: order.clientOrderId,
        qty: origQty,
        preventedQty: ZERO,
        quoteOrderQty: origQuoteOrderQty,
        cumulativeQuoteQty: cummulativeQuoteQty,
        workingTime: order.time,
      },
    };
  }

  /** As GET /api/v3/myTrades answers: once for each role that the account had. */
  ownTrades(trade: TradeRow, account: AccountId) {
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
        orderListId: -1,
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
      // Binance shows GTC for MARKET orders, which know no time in force.
      timeInForce: order.type === "MARKET" ? "GTC" : order.timeInForce,
      type: order.type,
      side: order.side,
      selfTradePreventionMode: order.selfTradePrevention,
    };
  }

  /** One fill of the taker. */
  #fill(trade: TradeRow) {
    const { market, base } = this.#terms(trade.market);
    const received = this.#received(trade, trade.takerSide);
    return {
      price: formatPrice(market, trade.price),
      qty: formatQuantity(market, base, trade.quantity),
      commission: formatAmount(received, trade.takerFee),
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

function head({ market, orderId, clientOrderId }: OrderRow) {
  return { symbol: market, orderId, orderListId: -1, clientOrderId };
}
