import type { OrderType, SelfTradePrevention } from "#shared/domain/order.ts";
import { callApi, callMeridian } from "./api.ts";
import type { SymbolInfo } from "./types.ts";

interface RawSymbol {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly baseAssetPrecision: number;
  readonly quoteAssetPrecision: number;
  readonly orderTypes: readonly OrderType[];
  readonly defaultSelfTradePreventionMode: SelfTradePrevention;
  readonly allowedSelfTradePreventionModes: readonly SelfTradePrevention[];
  readonly filters: readonly Readonly<Record<string, string | number>>[];
}

interface RawMarket {
  readonly symbol: string;
  readonly makerFee: string;
  readonly takerFee: string;
}

/** The markets with their filters (exchangeInfo) and fees. Throws `ApiFailure`. */
export async function loadMarkets(): Promise<SymbolInfo[]> {
  const [{ symbols }, { markets }] = await Promise.all([
    callApi<{ symbols: RawSymbol[] }>("GET", "/api/v3/exchangeInfo"),
    callMeridian<{ markets: RawMarket[] }>("GET", "/markets"),
  ]);
  return symbols.map((symbol) => symbolInfo(symbol, markets));
}

function symbolInfo(raw: RawSymbol, markets: readonly RawMarket[]): SymbolInfo {
  const filter = (type: string, name: string) =>
    String(raw.filters.find(({ filterType }) => filterType === type)?.[name] ?? "0");
  const percentPrice = (side: "bid" | "ask") => ({
    down: filter("PERCENT_PRICE_BY_SIDE", `${side}MultiplierDown`),
    up: filter("PERCENT_PRICE_BY_SIDE", `${side}MultiplierUp`),
  });
  const trailing = (direction: "Above" | "Below") => ({
    min: Number(filter("TRAILING_DELTA", `minTrailing${direction}Delta`)),
    max: Number(filter("TRAILING_DELTA", `maxTrailing${direction}Delta`)),
  });
  const fees = markets.find(({ symbol }) => symbol === raw.symbol);
  return {
    symbol: raw.symbol,
    baseAsset: raw.baseAsset,
    quoteAsset: raw.quoteAsset,
    baseDigits: raw.baseAssetPrecision,
    quoteDigits: raw.quoteAssetPrecision,
    tickSize: filter("PRICE_FILTER", "tickSize"),
    minPrice: filter("PRICE_FILTER", "minPrice"),
    maxPrice: filter("PRICE_FILTER", "maxPrice"),
    stepSize: filter("LOT_SIZE", "stepSize"),
    minQty: filter("LOT_SIZE", "minQty"),
    maxQty: filter("LOT_SIZE", "maxQty"),
    minNotional: filter("NOTIONAL", "minNotional"),
    maxNotional: filter("NOTIONAL", "maxNotional"),
    makerFee: fees?.makerFee ?? "0",
    takerFee: fees?.takerFee ?? "0",
    orderTypes: raw.orderTypes,
    defaultSelfTradePrevention: raw.defaultSelfTradePreventionMode,
    allowedSelfTradePrevention: raw.allowedSelfTradePreventionModes,
    bidMultipliers: percentPrice("bid"),
    askMultipliers: percentPrice("ask"),
    trailingAbove: trailing("Above"),
    trailingBelow: trailing("Below"),
    maxIcebergParts: Number(filter("ICEBERG_PARTS", "limit")),
  };
}
