import { digitsOf, readable } from "../../money/decimal.ts";
import { useMarket, useStore } from "../../state/store.ts";
import { tapeKey } from "../../state/tape.ts";
import type { TapeItem } from "../../state/types.ts";
import type { PartProps } from "../part-props.ts";
import { StandingMark } from "../regions/standing-mark.tsx";
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
          {tape.map((item) => (
            <li key={tapeKey(item)} data-verdict={item.verdict}>
              <span className={`num ${item.isBuyerMaker ? "down" : "up"}`}>
                {readable(item.price, digits)} <TradeStanding trade={item} />
              </span>
              <span className="num">{readable(item.quantity, lotDigits)}</span>
              <time className="num soft" dateTime={new Date(item.time).toISOString()}>
                {clockText(item.time)}
              </time>
              {item.verdict === "conflicted" && <span className="badge conflicted">⚠ conflicted</span>}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** What may still be undone, by its icon; what was undone has a line of words. */
function TradeStanding({ trade: { verdict, provisional } }: { readonly trade: TapeItem }) {
  if (verdict === "checking") return <StandingMark icon="↻" word="being reconciled" />;
  return provisional && verdict === undefined ? <StandingMark icon="◌" word="provisional" /> : null;
}
