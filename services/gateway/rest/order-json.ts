import type { Asset } from "#shared/domain/asset.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Market } from "#shared/domain/market.ts";
import { formatAmount, formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import type { AccountId } from "#shared/domain/ids.ts";
import type { OrderRow, TradeRow } from "#shared/ports/projections.ts";
import type { RegionView } from "../views/region-view.ts";

/** Writes domain rows in Binance's words: one place that knows scales and field names. */
export class OrderJson {
  readonly #view: RegionView;

  constructor(view: RegionView) {
    this.#view = view;
  }

  /** As GET /api/v3/order answers. */
  order(order: OrderRow) {
    const { market, base, quote } = this.#terms(order.market);
    return {
      symbol: order.market,
      orderId: order.orderId,
      orderListId: -1,
      clientOrderId: order.clientOrderId,
      price: formatPrice(market, order.price),
      // Binance gives what was executed as the quantity of an order by quoteOrderQty.
      origQty: formatQuantity(market, base, order.quantity === 0 ? order.executed : order.quantity),
      executedQty: formatQuantity(market, base, order.executed),
      cummulativeQuoteQty: formatAmount(quote, order.executedQuote),
      status: order.status,
      timeInForce: order.timeInForce,
      type: order.type,
      side: order.side,
      stopPrice: ZERO,
      icebergQty: ZERO,
      time: order.time,
      updateTime: order.updateTime,
      isWorking: true,
      workingTime: order.time,
      origQuoteOrderQty: formatAmount(quote, order.quoteQuantity),
      selfTradePreventionMode: order.selfTradePrevention,
    };
  }

  /** As POST /api/v3/order answers with ACK. */
  acknowledgement(order: OrderRow) {
    return {
      symbol: order.market,
      orderId: order.orderId,
      orderListId: -1,
      clientOrderId: order.clientOrderId,
      transactTime: order.updateTime,
    };
  }

  /** As POST /api/v3/order answers with RESULT. */
  result(order: OrderRow) {
    const { time: _time, updateTime, isWorking: _isWorking, stopPrice: _stop, icebergQty: _iceberg, ...rest } = this.order(order);
    return { ...rest, transactTime: updateTime };
  }

  /** One fill of POST /api/v3/order with FULL. */
  fill(trade: TradeRow) {
    const { market, base } = this.#terms(trade.market);
    return {
      price: formatPrice(market, trade.price),
      qty: formatQuantity(market, base, trade.quantity),
      commission: formatAmount(this.#received(trade, trade.takerSide), trade.takerFee),
      commissionAsset: this.#received(trade, trade.takerSide).id,
      tradeId: trade.tradeId,
    };
  }

  /** As DELETE /api/v3/order answers. */
  canceled(order: OrderRow) {
    return { ...this.result(order), origClientOrderId: order.clientOrderId };
  }

  /** As GET /api/v3/myTrades answers: once for each role that the account had. */
  ownTrades(trade: TradeRow, account: AccountId) {
    const roles = [];
    if (trade.makerAccount === account) roles.push({ isMaker: true, orderId: trade.makerOrderId, fee: trade.makerFee });
    if (trade.takerAccount === account) roles.push({ isMaker: false, orderId: trade.takerOrderId, fee: trade.takerFee });
    return roles.map(({ isMaker, orderId, fee }) => {
      const isBuyer = (trade.takerSide === "BUY") !== isMaker;
      const received = this.#received(trade, isBuyer ? "BUY" : "SELL");
      return {
        symbol: trade.market,
        orderId,
        orderListId: -1,
        ...this.#amounts(trade),
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
    return { ...this.#amounts(trade), time: trade.time, isBuyerMaker: trade.takerSide === "SELL", isBestMatch: true };
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

  #received(trade: TradeRow, side: "BUY" | "SELL"): Asset {
    const { base, quote } = this.#terms(trade.market);
    return side === "BUY" ? base : quote;
  }

  #terms(id: string): { market: Market; base: Asset; quote: Asset } {
    const market = this.#view.market(id);
    const base = this.#view.asset(market?.base ?? "");
    const quote = this.#view.asset(market?.quote ?? "");
    assert(market !== undefined && base !== undefined && quote !== undefined, `a row names the unknown market ${id}`);
    return { market, base, quote };
  }
}

const ZERO = "0.00000000";
