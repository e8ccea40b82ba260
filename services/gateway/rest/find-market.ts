import type { Asset } from "#shared/domain/asset.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Market } from "#shared/domain/market.ts";
import { ApiError } from "#shared/protocol/errors.ts";
import type { MarketsView } from "../views/region-view.ts";
import { symbol, symbols } from "./parameters.ts";

/** A market with its two assets. */
export interface MarketTerms {
  readonly market: Market;
  readonly base: Asset;
  readonly quote: Asset;
}

/** Throws BAD_SYMBOL for a market that is not here. */
export function findMarket(view: MarketsView, id: string): MarketTerms {
  const market = view.market(id);
  if (market === undefined) throw new ApiError("BAD_SYMBOL", { field: "symbol" });
  const base = view.asset(market.base);
  const quote = view.asset(market.quote);
  assert(base !== undefined && quote !== undefined, "a market's assets are known");
  return { market, base, quote };
}

/** The parameters of routes that answer for one market, several or all. */
export const namedMarkets = { symbol: symbol.optional(), symbols: symbols.optional() };

export interface NamedMarkets {
  readonly symbol?: string | undefined;
  readonly symbols?: string | undefined;
}

/**
 * The markets that `symbol` or `symbols` name, in the order named; all of them if neither is sent. Throws BAD_COMBINATION, BAD_SYMBOL,
 * DUPLICATE_SYMBOLS.
 */
export function findMarkets(view: MarketsView, named: NamedMarkets): MarketTerms[] {
  if (named.symbol !== undefined && named.symbols !== undefined) throw new ApiError("BAD_COMBINATION");
  if (named.symbol !== undefined) return [findMarket(view, named.symbol)];
  if (named.symbols === undefined) return view.markets().map(({ id }) => findMarket(view, id));
  const ids = symbolList(named.symbols);
  if (new Set(ids).size < ids.length) throw new ApiError("DUPLICATE_SYMBOLS", { field: "symbols" });
  return ids.map((id) => findMarket(view, id));
}

/** One answer for `symbol`, a list of answers otherwise. */
export function forMarkets<T>(
  view: MarketsView,
  named: NamedMarkets,
  answer: (terms: MarketTerms) => T,
): T | T[] {
  const answers = findMarkets(view, named).map(answer);
  const [first] = answers;
  return named.symbol !== undefined && first !== undefined ? first : answers;
}

/** The symbols in a text that the pattern of `symbols` has passed. */
export function symbolList(text: string): string[] {
  return text.match(/[A-Z0-9-_.]+/g) ?? [];
}
