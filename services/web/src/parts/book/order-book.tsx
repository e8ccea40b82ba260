import { useMemo, useState } from "react";
import { ceilTo, digitsOf, floorTo, readable, textOf, wireUnits } from "../../money/decimal.ts";
import { leftOn } from "../../state/left-levels.ts";
import { isOpen } from "../../state/orders.ts";
import { useMarket, useStore } from "../../state/store.ts";
import type { PartProps } from "../part-props.ts";
import { Skeleton } from "../skeleton.tsx";
import { BookLine } from "./book-line.tsx";
import { type BookRow, bookRows, withLeftRows } from "./book-rows.ts";
import { LeftLine } from "./left-line.tsx";

const ROWS = 14;
const GROUPS = [1, 10, 100, 1000] as const;
const NONE = { bids: [], asks: [], left: [] } as const;

/** Best prices with their depth as bars; a click on a level takes it into the ticket. */
export function OrderBook({ store }: PartProps) {
  const book = useStore(store, (state) => state.book);
  const orders = useStore(store, (state) => state.orders);
  const info = useMarket(store);
  const [group, setGroup] = useState<number>(1);
  const symbol = info?.symbol;
  const own = useMemo(
    () => (orders ?? []).filter((order) => order.symbol === symbol && isOpen(order) && order.isWorking),
    [orders, symbol],
  );

  const tick = wireUnits(info?.tickSize ?? "0.01");
  const step = tick * BigInt(group);
  const { bids, asks, left } = info === undefined ? NONE : (book ?? NONE);
  const rows = { bids: bookRows(bids, step, "bids", ROWS), asks: bookRows(asks, step, "asks", ROWS) };
  const deepest = [...rows.bids, ...rows.asks].reduce((most, { total }) => (total > most ? total : most), 1n);
  const priceDigits = digitsOf(info?.tickSize ?? "0.01");
  const lotDigits = digitsOf(info?.stepSize ?? "0.0001");

  const pick = (side: "BUY" | "SELL", { price, total }: BookRow) => {
    const click = (store.get().picked?.click ?? 0) + 1;
    const level = { price: textOf(price, priceDigits), quantity: textOf(total, lotDigits) };
    store.set({ picked: { ...level, side, click } });
  };
  const lines = (side: "bids" | "asks") => {
    const orderSide = side === "bids" ? "BUY" : "SELL";
    const round = side === "bids" ? floorTo : ceilTo;
    const ownPrices = new Set(
      own.filter((order) => order.side === orderSide).map((order) => round(wireUnits(order.price), step)),
    );
    return withLeftRows(rows[side], leftOn(side, left), step, side, ROWS).map(({ isLeft, ...row }) =>
      isLeft ? (
        <LeftLine key={`left ${row.price}`} {...{ side, row, priceDigits, lotDigits }} />
      ) : (
        <BookLine
          key={row.price}
          {...{ side, row, deepest, priceDigits, lotDigits }}
          isOwn={ownPrices.has(row.price)}
          onPick={() => pick(side === "bids" ? "SELL" : "BUY", row)}
        />
      ),
    );
  };
  const [bestBid, bestAsk] = [bids[0], asks[0]];
  const isLoading = book === undefined || info === undefined;
  return (
    <section className="panel book" aria-label="Order book" aria-busy={isLoading}>
      <header>
        <h2>Order book</h2>
        <select
          aria-label="Group prices by"
          value={group}
          onChange={(event) => setGroup(Number(event.target.value))}
        >
          {GROUPS.map((factor) => (
            <option key={factor} value={factor}>
              {textOf(tick * BigInt(factor), priceDigits)}
            </option>
          ))}
        </select>
      </header>
      <div className="columns" aria-hidden="true">
        <span>Price {info?.quoteAsset}</span>
        <span>Quantity {info?.baseAsset}</span>
        <span>Total</span>
      </div>
      {isLoading ? (
        <Skeleton rows={2 * ROWS} what="the book" />
      ) : (
        <>
          <ol className="asks" aria-label="Asks">
            {lines("asks").toReversed()}
          </ol>
          <p className="spread">
            {bestBid !== undefined && bestAsk !== undefined ? (
              <>
                Spread{" "}
                <span className="num">
                  {readable(textOf(wireUnits(bestAsk[0]) - wireUnits(bestBid[0]), priceDigits), priceDigits)}
                </span>
              </>
            ) : (
              emptySides(bestBid === undefined, bestAsk === undefined)
            )}
          </p>
          <ol className="bids" aria-label="Bids">
            {lines("bids")}
          </ol>
        </>
      )}
    </section>
  );
}

function emptySides(noBids: boolean, noAsks: boolean): string {
  if (noBids && noAsks) return "Nobody bids or asks yet";
  return noBids ? "Nobody bids" : "Nobody asks";
}
