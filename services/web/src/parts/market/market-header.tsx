import { useEffect } from "react";
import { digitsOf, readable } from "../../money/decimal.ts";
import { type Store, useMarket, useStore } from "../../state/store.ts";
import { percentText, toneOf } from "./change-text.ts";
import { lastPriceText } from "./last-price.ts";
import { MarketState } from "./market-state.tsx";

/** Name, last price and the last 24 hours of the shown market; the price is in the window's title too. */
export function MarketHeader({ store }: { readonly store: Store }) {
  const symbol = useStore(store, (state) => state.symbol);
  const ticker = useStore(store, (state) => state.tickers[state.symbol]);
  const info = useMarket(store);
  const digits = digitsOf(info?.tickSize ?? "0.01");
  const last = ticker === undefined ? undefined : lastPriceText(ticker, digits);
  useEffect(() => {
    document.title = last === undefined ? `${symbol} · Meridian` : `${last} ${symbol} · Meridian`;
  }, [last, symbol]);
  const tone = toneOf(ticker?.priceChangePercent ?? "0");
  const figures: readonly (readonly [string, string | undefined, string])[] = [
    ["24 h", ticker && percentText(ticker.priceChangePercent), tone],
    ["High", ticker && readable(ticker.highPrice, digits), ""],
    ["Low", ticker && readable(ticker.lowPrice, digits), ""],
    [`Volume ${info?.baseAsset ?? ""}`, ticker && readable(ticker.volume, 2), ""],
  ];
  return (
    <>
      <h1>
        {info?.baseAsset ?? symbol}
        {info !== undefined && <small>/{info.quoteAsset}</small>}
      </h1>
      <output className={`last num ${tone}`} aria-label="Last price" aria-live="off">
        {last ?? <i className="waiting" />}
      </output>
      <MarketState store={store} />
      <dl className="figures">
        {figures.map(([name, text, figureTone]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={`num ${figureTone}`}>{text ?? <i className="waiting" />}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
