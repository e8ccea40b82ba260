import { useEffect, useRef, useState } from "react";
import { callApi } from "../../state/api.ts";
import { useMarket, useStore } from "../../state/store.ts";
import { untilAnswered } from "../../state/until-answered.ts";
import { MarketHeader } from "../market/market-header.tsx";
import type { PartProps } from "../part-props.ts";
import { Skeleton } from "../skeleton.tsx";
import { useTheme } from "../theme.ts";
import { type Candle, type ChartDrawing, candleOf, drawChart } from "./chart-drawing.ts";

const INTERVALS = ["1m", "5m", "15m", "1h", "4h", "1d"] as const;
const CANDLES = 500;

type KlineRow = [time: number, open: string, high: string, low: string, close: string, volume: string];

/** Candles with volume, history by REST and the present one by the socket. */
export function CandleChart({ store, exchange }: PartProps) {
  const symbol = useStore(store, (state) => state.symbol);
  const connection = useStore(store, (state) => state.connection.state);
  const tickSize = useMarket(store)?.tickSize;
  const [interval, setInterval] = useState<(typeof INTERVALS)[number]>("1m");
  const [isEmpty, setEmpty] = useState<boolean>();
  const [theme] = useTheme();
  const box = useRef<HTMLDivElement>(null);
  const drawing = useRef<ChartDrawing>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colors that are read from the page
  useEffect(() => {
    if (box.current === null || tickSize === undefined) return;
    const drawn = drawChart(box.current, tickSize);
    drawing.current = drawn;
    return () => {
      drawing.current = null;
      drawn.remove();
    };
  }, [theme, tickSize, symbol]);

  const isLive = connection === "live";
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new chart (theme, tick) and a new connection load the history anew
  useEffect(() => {
    if (tickSize === undefined) return;
    let isCurrent = true;
    let newest: Candle | undefined;
    const stop = exchange.followKlines(interval, ({ openTime, open, high, low, close, volume }) => {
      newest = candleOf(openTime, [open, high, low, close, volume]);
      drawing.current?.put(newest);
      setEmpty(false);
    });
    const load = () => callApi<KlineRow[]>("GET", "/api/v3/klines", { symbol, interval, limit: CANDLES });
    untilAnswered(load)
      .then((rows) => {
        if (!isCurrent) return;
        drawing.current?.show(rows.map(([time, ...figures]) => candleOf(time, figures)));
        // It may have come while the history was under way.
        if (newest !== undefined) drawing.current?.put(newest);
        setEmpty(rows.length === 0 && newest === undefined);
      })
      .catch((failure: Error) => store.notify("bad", failure.message));
    return () => {
      isCurrent = false;
      stop();
    };
  }, [exchange, store, symbol, interval, theme, tickSize, isLive]);

  return (
    <section className="panel chart" aria-label="Chart" aria-busy={isEmpty === undefined}>
      <header>
        <MarketHeader store={store} />
        <fieldset className="choice" aria-label="Interval">
          {INTERVALS.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === interval}
              onClick={() => setInterval(name)}
            >
              {name}
            </button>
          ))}
        </fieldset>
      </header>
      <div ref={box} className="canvas">
        {isEmpty === undefined && <Skeleton rows={8} what="candles" />}
        {isEmpty === true && <p className="empty over">No trades yet: the first one draws a candle.</p>}
      </div>
    </section>
  );
}
