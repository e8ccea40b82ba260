import { useEffect, useRef, useState } from "react";
import { digitsOf } from "../../money/decimal.ts";
import { shardOf } from "../../state/regions.ts";
import { useStore } from "../../state/store.ts";
import type { PartProps } from "../part-props.ts";
import { StandingMark } from "../regions/standing-mark.tsx";
import { isTyping } from "../shortcuts.ts";
import { Skeleton } from "../skeleton.tsx";
import { percentText, toneOf } from "./change-text.ts";
import { lastPriceText } from "./last-price.ts";

/** The markets with their last price and the change of 24 hours; `/` goes to the search. */
export function MarketList({ store, exchange }: PartProps) {
  const symbols = useStore(store, (state) => state.symbols);
  const shown = useStore(store, (state) => state.symbol);
  const tickers = useStore(store, (state) => state.tickers);
  const standing = useStore(store, (state) => state.standing);
  const [search, setSearch] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== "/" || isTyping(event)) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener("keydown", focus);
    return () => window.removeEventListener("keydown", focus);
  }, []);
  const wanted = search.replace(/[^A-Za-z0-9]/g, "").toUpperCase();
  const found = symbols.filter(({ symbol }) => symbol.includes(wanted));
  return (
    <section className="panel markets" aria-label="Markets" aria-busy={symbols.length === 0}>
      <input
        ref={input}
        type="search"
        aria-label="Search markets"
        aria-keyshortcuts="/"
        placeholder="Search markets  /"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        onKeyDown={(event) => {
          const [first] = found;
          if (event.key === "Enter" && first !== undefined) exchange.show(first.symbol);
          if (event.key === "Escape") setSearch("");
        }}
      />
      {symbols.length === 0 && <Skeleton rows={5} what="the markets" />}
      {symbols.length > 0 && found.length === 0 && <p className="empty">No market has this name.</p>}
      <ul>
        {found.map(({ symbol, baseAsset, quoteAsset, tickSize }) => {
          const ticker = tickers[symbol];
          const shard = shardOf(standing, symbol);
          const isUnreachable = shard?.route === "unreachable";
          return (
            <li key={symbol}>
              <button
                type="button"
                aria-pressed={symbol === shown}
                data-unreachable={isUnreachable}
                onClick={() => exchange.show(symbol)}
              >
                <span className="pair">
                  <b>{baseAsset}</b>
                  <small>/{quoteAsset}</small>
                  {isUnreachable && <StandingMark icon="⚠" word="cannot be reached" />}
                  {shard?.provisional && <StandingMark icon="◌" word="provisional" />}
                </span>
                {ticker === undefined ? (
                  <i className="waiting" />
                ) : (
                  <>
                    <span className="num">{lastPriceText(ticker, digitsOf(tickSize))}</span>
                    <span className={`num change ${toneOf(ticker.priceChangePercent)}`}>
                      {percentText(ticker.priceChangePercent)}
                    </span>
                  </>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
