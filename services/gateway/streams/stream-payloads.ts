import type { MarketId } from "#shared/domain/ids.ts";
import { formatAmount, formatPrice, formatQuantity } from "#shared/domain/market-units.ts";
import type { CandleRow, TradeRow } from "#shared/ports/projections.ts";
import { MINUTE_MS } from "#shared/read-model/candle-folder.ts";
import type { averagePriceNow } from "../rest/average-price.ts";
import type { MarketTerms } from "../rest/find-market.ts";
import { bookTickerJson, tickerJson, windowTickerJson } from "../rest/ticker-json.ts";
import { type Interval, intervalStart, nextInterval } from "../views/intervals.ts";
import type { Level, MarketsView } from "../views/region-view.ts";
import { ticker24h, tickerOf } from "../views/ticker.ts";
import type { Window } from "./stream-name.ts";

/**
 * Payloads of Binance's WebSocket streams, field by field (binance-spot-api-docs, web-socket-streams.md). Times are epoch ms; `E`, when it happened, is the shard's
 * time where the fold brought it, and the gateway's for what is told each second.
 */
export function tradePayload({ market, base }: MarketTerms, trade: TradeRow) {
  return {
    e: "trade",
    E: trade.time,
    s: market.id,
    t: trade.tradeId,
    p: formatPrice(market, trade.price),
    q: formatQuantity(market, base, trade.quantity),
    T: trade.time,
    m: trade.takerSide === "SELL",
    M: true,
  };
}

export function depthPayload(
  terms: MarketTerms,
  time: number,
  updates: { readonly first: number; readonly last: number },
  bids: Iterable<Level>,
  asks: Iterable<Level>,
) {
  return {
    e: "depthUpdate",
    E: time,
    s: terms.market.id,
    U: updates.first,
    u: updates.last,
    b: levelTexts(terms, bids),
    a: levelTexts(terms, asks),
  };
}

export function bookPayload(view: MarketsView, terms: MarketTerms, levels: number) {
  const { id } = terms.market;
  return {
    lastUpdateId: view.lastUpdateId(id),
    bids: levelTexts(terms, view.levels(id, "BUY", levels)),
    asks: levelTexts(terms, view.levels(id, "SELL", levels)),
  };
}

export function bookTickerPayload(view: MarketsView, terms: MarketTerms) {
  const { symbol, bidPrice, bidQty, askPrice, askQty } = bookTickerJson(view, terms);
  return { u: view.lastUpdateId(terms.market.id), s: symbol, b: bidPrice, B: bidQty, a: askPrice, A: askQty };
}

export function tickerPayload(view: MarketsView, terms: MarketTerms, now: number) {
  const ticker = tickerJson(terms, ticker24h(view, terms.market.id, now));
  return {
    e: "24hrTicker",
    E: now,
    s: ticker.symbol,
    p: ticker.priceChange,
    P: ticker.priceChangePercent,
    w: ticker.weightedAvgPrice,
    x: ticker.prevClosePrice,
    c: ticker.lastPrice,
    Q: ticker.lastQty,
    b: ticker.bidPrice,
    B: ticker.bidQty,
    a: ticker.askPrice,
    A: ticker.askQty,
    o: ticker.openPrice,
    h: ticker.highPrice,
    l: ticker.lowPrice,
    v: ticker.volume,
    q: ticker.quoteVolume,
    O: ticker.openTime,
    C: ticker.closeTime,
    F: ticker.firstId,
    L: ticker.lastId,
    n: ticker.count,
  };
}

export function windowTickerPayload(
  view: MarketsView,
  terms: MarketTerms,
  window: Window,
  minutes: number,
  now: number,
) {
  // As GET /api/v3/ticker takes it: from the beginning of the minute in which the window began.
  const openTime = intervalStart("1m", now - minutes * MINUTE_MS);
  const { id } = terms.market;
  const times = { openTime, closeTime: now };
  const ticker = windowTickerJson(terms, tickerOf(view, id, view.recentCandles(id), times));
  return {
    e: `${window}Ticker`,
    E: now,
    s: ticker.symbol,
    p: ticker.priceChange,
    P: ticker.priceChangePercent,
    o: ticker.openPrice,
    h: ticker.highPrice,
    l: ticker.lowPrice,
    c: ticker.lastPrice,
    w: ticker.weightedAvgPrice,
    v: ticker.volume,
    q: ticker.quoteVolume,
    O: ticker.openTime,
    C: ticker.closeTime,
    F: ticker.firstId,
    L: ticker.lastId,
    n: ticker.count,
  };
}

export function averagePricePayload(
  market: MarketId,
  { mins, price, closeTime }: ReturnType<typeof averagePriceNow>,
  now: number,
) {
  return { e: "avgPrice", E: now, s: market, i: `${mins}m`, w: price, T: closeTime };
}

export function miniTickerPayload({ E, s, c, o, h, l, v, q }: ReturnType<typeof tickerPayload>) {
  return { e: "24hrMiniTicker", E, s, c, o, h, l, v, q };
}

/** `now`: the shard's time, from which a candle's end is told. */
export function klinePayload(
  { market, base, quote }: MarketTerms,
  candle: CandleRow,
  interval: Interval,
  now: number,
) {
  const end = nextInterval(interval, candle.openTime);
  return {
    e: "kline",
    E: now,
    s: market.id,
    k: {
      t: candle.openTime,
      T: end - 1,
      s: market.id,
      i: interval,
      f: candle.firstTradeId,
      L: candle.lastTradeId,
      o: formatPrice(market, candle.open),
      c: formatPrice(market, candle.close),
      h: formatPrice(market, candle.high),
      l: formatPrice(market, candle.low),
      v: formatQuantity(market, base, candle.volume),
      n: candle.trades,
      x: end <= now,
      q: formatAmount(quote, candle.quoteVolume),
      V: formatQuantity(market, base, candle.takerBuyVolume),
      Q: formatAmount(quote, candle.takerBuyQuoteVolume),
      B: "0",
    },
  };
}

function levelTexts({ market, base }: MarketTerms, levels: Iterable<Level>): [string, string][] {
  return Array.from(levels, ({ price, quantity }) => [
    formatPrice(market, price),
    formatQuantity(market, base, quantity),
  ]);
}
