import { digitsOf, readable } from "../../money/decimal.ts";
import { useMarket, useStore } from "../../state/store.ts";
import type { PartProps } from "../part-props.ts";
import { Skeleton } from "../skeleton.tsx";
import { clockText } from "../time-text.ts";

/** The newest trades of the market; the color is the taker's side. */
export function TradeTape({ store }: PartProps) {
  const tape = useStore(store, (state) => state.tape);
  const info = useMarket(store);
  const digits = digitsOf(info?.tickSize ?? "0.01");
  const lotDigits = digitsOf(info?.stepSize ?? "0.0001");
  const isLoading = tape === undefined || info === undefined;
  return (
    <section className="panel tape" aria-label="Trades" aria-busy={isLoading}>
      <header>
        <h2>Trades</h2>
      </header>
      <div className="columns" aria-hidden="true">
        <span>Price {info?.quoteAsset}</span>
        <span>Quantity {info?.baseAsset}</span>
        <span>Time</span>
      </div>
      {isLoading ? (
        <Skeleton rows={10} what="trades" />
      ) : tape.length === 0 ? (
        <p className="empty">No trades yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must take the arrow keys
        <ol tabIndex={0} aria-label="Newest trades">
          {tape.map(({ id, price, quantity, time, isBuyerMaker }) => (
            <li key={id}>
              <span className={`num ${isBuyerMaker ? "down" : "up"}`}>{readable(price, digits)}</span>
              <span className="num">{readable(quantity, lotDigits)}</span>
              <time className="num soft" dateTime={new Date(time).toISOString()}>
                {clockText(time)}
              </time>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
