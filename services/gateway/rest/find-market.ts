import type { Asset } from "#shared/domain/asset.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Market } from "#shared/domain/market.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import type { RegionView } from "../views/region-view.ts";

/** A market with its two assets. */
export interface MarketTerms {
  readonly market: Market;
  readonly base: Asset;
  readonly quote: Asset;
}

/** Throws `ApiError` BAD_SYMBOL for a market that is not here. */
export function findMarket(view: RegionView, symbol: string): MarketTerms {
  const market = view.market(symbol);
  if (market === undefined) throw new ApiError("BAD_SYMBOL", { field: "symbol" });
  const base = view.asset(market.base);
  const quote = view.asset(market.quote);
  assert(base !== undefined && quote !== undefined, "a market's assets are known");
  return { market, base, quote };
}

/** The markets that `symbol` or `symbols` name; all of them if neither is sent. */
export function findMarkets(view: RegionView, sent: { symbol?: string | undefined; symbols?: string | undefined }): MarketTerms[] {
  if (sent.symbol !== undefined && sent.symbols !== undefined) throw new ApiError("BAD_COMBINATION");
  if (sent.symbol !== undefined) return [findMarket(view, sent.symbol)];
  if (sent.symbols === undefined) return view.markets().map(({ id }) => findMarket(view, id));
  return parseList(sent.symbols).map((id) => findMarket(view, id));
}

function parseList(text: string): string[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((item) => typeof item === "string")) return list;
  } catch {
    // Not JSON: refused below.
  }
  throw new ApiError("ILLEGAL_PARAM", { field: "symbols" });
}
