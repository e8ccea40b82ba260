import { useState } from "react";
import type { WireLevel } from "#shared/protocol/socket.ts";
import type { PartProps } from "../app.tsx";
import { digitsOf, readable, textOf, unitsOf } from "../money/decimal.ts";
import { useStore } from "../state/store.ts";

const ROWS = 14;
const GROUPS = [1, 10, 100, 1000] as const;

interface Row {
  readonly price: bigint;
  readonly quantity: bigint;
  readonly total: bigint;
}

/** Best prices with their depth as bars; a click on a level takes its price into the ticket. */
export function OrderBook({ store }: PartProps) {
  const bids = useStore(store, (state) => state.bids);
  const asks = useStore(store, (state) => state.asks);
  const info = useStore(store, (state) => state.symbols.find((each) => each.symbol === state.symbol));
  const [group, setGroup] = useState<number>(1);
  const tick = (unitsOf(info?.tickSize ?? "0.01") ?? 1n) * BigInt(group);
  const bidRows = rowsOf(bids, tick, "down");
  const askRows = rowsOf(asks, tick, "up");
  const deepest = [...bidRows, ...askRows].reduce((most, { total }) => (total > most ? total : most), 1n);
  const digits = digitsOf(info?.tickSize ?? "0.01");
  const lotDigits = digitsOf(info?.stepSize ?? "0.0001");
  const [bestBid, bestAsk] = [bidRows[0], askRows[0]];

  const pick = (price: bigint, side: "BUY" | "SELL") => {
    const click = (store.get().picked?.click ?? 0) + 1;
    store.set({ picked: { price: textOf(price, digits), side, click } });
  };
  const row = (side: "BUY" | "SELL") => (level: Row) => {
    const price = textOf(level.price, digits);
    return (
      <li key={price}>
        <button
          type="button"
          aria-label={`${side === "BUY" ? "Bid" : "Ask"} ${price}, ${textOf(level.quantity, lotDigits)}`}
          onClick={() => pick(level.price, side === "BUY" ? "SELL" : "BUY")}
        >
          <i
            className={side === "BUY" ? "bar up" : "bar down"}
            style={{ width: `${(level.total * 100n) / deepest}%` }}
          />
          <span className={`num ${side === "BUY" ? "up" : "down"}`}>{readable(price, digits)}</span>
          <span className="num">{readable(textOf(level.quantity, lotDigits), lotDigits)}</span>
          <span className="num soft">{readable(textOf(level.total, lotDigits), lotDigits)}</span>
        </button>
      </li>
    );
  };
  return (
    <section className="panel book" aria-label="Order book">
      <header>
        <h2>Order book</h2>
        <select
          aria-label="Group prices by"
          value={group}
          onChange={(event) => setGroup(Number(event.target.value))}
        >
          {GROUPS.map((factor) => (
            <option key={factor} value={factor}>
              {textOf((unitsOf(info?.tickSize ?? "0.01") ?? 1n) * BigInt(factor), digits)}
            </option>
          ))}
        </select>
      </header>
      <div className="columns" aria-hidden="true">
        <span>Price {info?.quoteAsset}</span>
        <span>Quantity {info?.baseAsset}</span>
        <span>Total</span>
      </div>
      <ol className="asks" aria-label="Asks">
        {askRows.toReversed().map(row("SELL"))}
      </ol>
      <p className="spread num">
        {bestBid !== undefined && bestAsk !== undefined
          ? `Spread ${textOf(bestAsk.price - bestBid.price, digits)}`
          : "No spread"}
      </p>
      <ol className="bids" aria-label="Bids">
        {bidRows.map(row("BUY"))}
      </ol>
    </section>
  );
}

/** The best levels, gathered by a multiple of the tick: bids down, asks up, so that no price looks better than it is. */
function rowsOf(levels: readonly WireLevel[], step: bigint, rounding: "up" | "down"): Row[] {
  const rows: Row[] = [];
  let total = 0n;
  for (const [priceText, quantityText] of levels) {
    const exact = unitsOf(priceText) ?? 0n;
    const quantity = unitsOf(quantityText) ?? 0n;
    const price = rounding === "down" ? (exact / step) * step : ((exact + step - 1n) / step) * step;
    const last = rows.at(-1);
    if (last?.price !== price && rows.length === ROWS) break;
    total += quantity;
    if (last?.price === price) rows[rows.length - 1] = { price, quantity: last.quantity + quantity, total };
    else rows.push({ price, quantity, total });
  }
  return rows;
}
