import { digitsOf } from "../../money/decimal.ts";
import { useMarket, useStore } from "../../state/store.ts";
import type { PartProps } from "../part-props.ts";
import { percentText, toneOf } from "./change-text.ts";
import { lastPriceText } from "./last-price.ts";
import { MarketState } from "./market-state.tsx";

/** On a narrow screen, above every view: which market it is, and another one. */
export function MarketStrip({ store, exchange }: PartProps) {
  const symbols = useStore(store, (state) => state.symbols);
  const shown = useStore(store, (state) => state.symbol);
  const ticker = useStore(store, (state) => state.tickers[state.symbol]);
  const info = useMarket(store);
  const tone = toneOf(ticker?.priceChangePercent ?? "0");
  return (
    <div className="strip">
      <select aria-label="Market" value={shown} onChange={(event) => exchange.show(event.target.value)}>
        {symbols.length === 0 && <option value={shown}>{shown}</option>}
        {symbols.map(({ symbol, baseAsset, quoteAsset }) => (
          <option key={symbol} value={symbol}>
            {baseAsset}/{quoteAsset}
          </option>
        ))}
      </select>
      {ticker === undefined || info === undefined ? (
        <i className="waiting" />
      ) : (
        <>
          <b className={`num ${tone}`}>{lastPriceText(ticker, digitsOf(info.tickSize))}</b>
          <span className={`num ${tone}`}>{percentText(ticker.priceChangePercent)}</span>
        </>
      )}
      <MarketState store={store} />
    </div>
  );
}
