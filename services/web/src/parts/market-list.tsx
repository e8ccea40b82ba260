import { useEffect, useRef, useState } from "react";
import type { PartProps } from "../app.tsx";
import { digitsOf, readable } from "../money/decimal.ts";
import { useStore } from "../state/store.ts";

/** The markets with their last price and the change of 24 hours; `/` goes to the search. */
export function MarketList({ store, exchange }: PartProps) {
  const symbols = useStore(store, (state) => state.symbols);
  const shown = useStore(store, (state) => state.symbol);
  const tickers = useStore(store, (state) => state.tickers);
  const [search, setSearch] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener("keydown", focus);
    return () => window.removeEventListener("keydown", focus);
  }, []);
  const found = symbols.filter(({ symbol }) => symbol.includes(search.trim().toUpperCase()));
  return (
    <section className="panel markets" aria-label="Markets">
      <input
        ref={input}
        type="search"
        aria-label="Search markets"
        placeholder="Search  /"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        onKeyDown={(event) => {
          const [first] = found;
          if (event.key === "Enter" && first !== undefined) exchange.show(first.symbol);
          if (event.key === "Escape") setSearch("");
        }}
      />
      <ul>
        {found.map(({ symbol, baseAsset, quoteAsset, tickSize }) => {
          const ticker = tickers[symbol];
          const change = ticker?.priceChangePercent ?? "0.000";
          return (
            <li key={symbol}>
              <button type="button" aria-pressed={symbol === shown} onClick={() => exchange.show(symbol)}>
                <span className="pair">
                  <b>{baseAsset}</b>
                  <small>/{quoteAsset}</small>
                </span>
                <span className="num">
                  {ticker === undefined ? "–" : readable(ticker.lastPrice, digitsOf(tickSize))}
                </span>
                <span className={`num ${toneOf(change)}`}>{percent(change)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** "-1.234" as "−1.23 %". */
export function percent(text: string): string {
  const sign = text.startsWith("-") ? "−" : "+";
  return `${sign}${text.replace("-", "").replace(/(\.\d\d)\d*$/, "$1")} %`;
}

export function toneOf(change: string): string {
  if (!/[1-9]/.test(change)) return "";
  return change.startsWith("-") ? "down" : "up";
}
