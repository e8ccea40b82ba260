import type { MarketId } from "#shared/domain/ids.ts";
import { LIVE_INTERVALS } from "../sockets/kline-publisher.ts";
import type { Interval } from "../views/intervals.ts";

/** What a stream tells, as Binance names it: `btcusdt@depth@100ms`. */
export type StreamName =
  | {
      readonly kind: "trade" | "aggTrade" | "bookTicker" | "miniTicker" | "ticker" | "avgPrice";
      readonly market: MarketId;
    }
  | { readonly kind: "depth"; readonly market: MarketId; readonly everyMs: DepthPeriod }
  | {
      readonly kind: "book";
      readonly market: MarketId;
      readonly levels: BookLevels;
      readonly everyMs: DepthPeriod;
    }
  | { readonly kind: "kline"; readonly market: MarketId; readonly interval: Interval }
  | { readonly kind: "windowTicker"; readonly market: MarketId; readonly window: Window }
  | { readonly kind: "allWindowTickers"; readonly window: Window }
  | { readonly kind: "allMiniTickers" | "allTickers" };

export const DEPTH_PERIODS = [100, 1000] as const;
export type DepthPeriod = (typeof DEPTH_PERIODS)[number];
export const BOOK_LEVELS = [5, 10, 20] as const;
export type BookLevels = (typeof BOOK_LEVELS)[number];

/** Of tickers over less than a day and over one: what a gateway has in memory. */
export const WINDOWS = ["1h", "4h", "1d"] as const;
export type Window = (typeof WINDOWS)[number];
export const WINDOW_MINUTES: Readonly<Record<Window, number>> = { "1h": 60, "4h": 240, "1d": 1440 };

/** Of all markets. */
export const ALL_MINI_TICKERS = "!miniTicker@arr";
export const ALL_TICKERS = "!ticker@arr";

/** The stream of a name; `undefined` for none that there is. Whether there is such a market is another question. */
export function parseStreamName(text: string): StreamName | undefined {
  if (text === ALL_MINI_TICKERS) return { kind: "allMiniTickers" };
  if (text === ALL_TICKERS) return { kind: "allTickers" };
  const window = WINDOWS.find((one) => text === `!ticker_${one}@arr`);
  if (window !== undefined) return { kind: "allWindowTickers", window };
  const [, symbol = "", what = ""] = /^([a-z0-9]{1,20})@(.+)$/.exec(text) ?? [];
  if (symbol === "") return undefined;
  const market = symbol.toUpperCase() as MarketId;
  switch (what) {
    case "trade":
    case "aggTrade":
    case "bookTicker":
    case "miniTicker":
    case "ticker":
    case "avgPrice":
      return { kind: what, market };
    default:
      return depthStream(market, what) ?? klineStream(market, what) ?? windowStream(market, what);
  }
}

function depthStream(market: MarketId, what: string): StreamName | undefined {
  const [whole, levelsText, periodText] = /^depth(5|10|20)?(?:@(100|1000)ms)?$/.exec(what) ?? [];
  if (whole === undefined) return undefined;
  const everyMs = Number(periodText ?? 1000) as DepthPeriod;
  if (levelsText === undefined) return { kind: "depth", market, everyMs };
  return { kind: "book", market, levels: Number(levelsText) as BookLevels, everyMs };
}

function klineStream(market: MarketId, what: string): StreamName | undefined {
  const interval = LIVE_INTERVALS.find((one) => what === `kline_${one}`);
  return interval && { kind: "kline", market, interval };
}

function windowStream(market: MarketId, what: string): StreamName | undefined {
  const window = WINDOWS.find((one) => what === `ticker_${one}`);
  return window && { kind: "windowTicker", market, window };
}

/** As Binance writes it: two spellings of one stream have one name. */
export function streamText(name: StreamName): string {
  switch (name.kind) {
    case "allMiniTickers":
      return ALL_MINI_TICKERS;
    case "allTickers":
      return ALL_TICKERS;
    case "allWindowTickers":
      return `!ticker_${name.window}@arr`;
    case "windowTicker":
      return `${symbolOf(name.market)}@ticker_${name.window}`;
    case "depth":
      return `${symbolOf(name.market)}@depth${periodOf(name.everyMs)}`;
    case "book":
      return `${symbolOf(name.market)}@depth${name.levels}${periodOf(name.everyMs)}`;
    case "kline":
      return `${symbolOf(name.market)}@kline_${name.interval}`;
    default:
      return `${symbolOf(name.market)}@${name.kind}`;
  }
}

function symbolOf(market: MarketId): string {
  return market.toLowerCase();
}

function periodOf(everyMs: DepthPeriod): string {
  return everyMs === 1000 ? "" : `@${everyMs}ms`;
}
