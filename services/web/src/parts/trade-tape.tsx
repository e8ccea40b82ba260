import type { PartProps } from "../app.tsx";
import { digitsOf, readable } from "../money/decimal.ts";
import { useStore } from "../state/store.ts";

/** The newest trades of the market. */
export function TradeTape({ store }: PartProps) {
  const tape = useStore(store, (state) => state.tape);
  const info = useStore(store, (state) => state.symbols.find((each) => each.symbol === state.symbol));
  const digits = digitsOf(info?.tickSize ?? "0.01");
  const lotDigits = digitsOf(info?.stepSize ?? "0.0001");
  return (
    <section className="panel tape" aria-label="Trades">
      <header>
        <h2>Trades</h2>
      </header>
      <div className="columns" aria-hidden="true">
        <span>Price</span>
        <span>Quantity</span>
        <span>Time</span>
      </div>
      <ol>
        {tape.map(({ id, price, quantity, time, isBuyerMaker }) => (
          <li key={id}>
            <span className={`num ${isBuyerMaker ? "down" : "up"}`}>{readable(price, digits)}</span>
            <span className="num">{readable(quantity, lotDigits)}</span>
            <time className="num soft" dateTime={new Date(time).toISOString()}>
              {new Date(time).toLocaleTimeString([], { hour12: false })}
            </time>
          </li>
        ))}
      </ol>
      {tape.length === 0 && <p className="empty">No trades yet.</p>}
    </section>
  );
}
