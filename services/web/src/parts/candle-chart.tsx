import {
  CandlestickSeries,
  ColorType,
  createChart,
  HistogramSeries,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef, useState } from "react";
import type { PartProps } from "../app.tsx";
import { digitsOf, readable } from "../money/decimal.ts";
import { callApi } from "../state/api.ts";
import { useStore } from "../state/store.ts";
import { percent, toneOf } from "./market-list.tsx";
import { useTheme } from "./theme.ts";

const INTERVALS = ["1m", "5m", "15m", "1h", "4h", "1d"] as const;

/** A candle for the chart. Floating point is good enough for pixels. */
function candleOf(time: number, prices: readonly string[]) {
  const [open = 0, high = 0, low = 0, close = 0, volume = 0] = prices.map(Number);
  return { time: (time / 1000) as UTCTimestamp, open, high, low, close, volume };
}

/** Candles with volume, history by REST and the present one by the socket. */
export function CandleChart({ store, exchange }: PartProps) {
  const symbol = useStore(store, (state) => state.symbol);
  const info = useStore(store, (state) => state.symbols.find((each) => each.symbol === state.symbol));
  const ticker = useStore(store, (state) => state.tickers[state.symbol]);
  const connection = useStore(store, (state) => state.connection.state);
  const [interval, setInterval] = useState<(typeof INTERVALS)[number]>("1m");
  const [theme] = useTheme();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<{
    api: IChartApi;
    candles: ISeriesApi<"Candlestick">;
    volumes: ISeriesApi<"Histogram">;
  }>(null);
  const tickSize = info?.tickSize ?? "0.01";

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colors that are read from the page
  useEffect(() => {
    if (box.current === null) return;
    const style = getComputedStyle(document.documentElement);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const api = createChart(box.current, {
      autoSize: true,
      layout: {
        background: { type: ColorType.Solid, color: color("--panel") },
        textColor: color("--soft"),
        fontFamily: "system-ui, sans-serif",
        attributionLogo: false,
      },
      grid: { vertLines: { color: color("--line") }, horzLines: { color: color("--line") } },
      rightPriceScale: { borderColor: color("--line") },
      timeScale: { borderColor: color("--line"), timeVisible: true, secondsVisible: false },
    });
    const precision = digitsOf(tickSize);
    const candles = api.addSeries(CandlestickSeries, {
      upColor: color("--up"),
      downColor: color("--down"),
      wickUpColor: color("--up"),
      wickDownColor: color("--down"),
      borderVisible: false,
      priceFormat: { type: "price", precision, minMove: 10 ** -precision },
    });
    const volumes = api.addSeries(HistogramSeries, {
      color: color("--volume"),
      priceFormat: { type: "volume" },
      priceScaleId: "",
      lastValueVisible: false,
      priceLineVisible: false,
    });
    volumes.priceScale().applyOptions({ scaleMargins: { top: 0.85, bottom: 0 } });
    chart.current = { api, candles, volumes };
    return () => {
      chart.current = null;
      api.remove();
    };
  }, [theme, tickSize, symbol]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new chart (theme, tick) and a new connection load the history anew
  useEffect(() => {
    let current = true;
    const put = ({ volume, ...candle }: ReturnType<typeof candleOf>) => {
      chart.current?.candles.update(candle);
      chart.current?.volumes.update({ time: candle.time, value: volume });
    };
    const stop = exchange.followKlines(interval, ({ openTime, open, high, low, close, volume }) => {
      if (current) put(candleOf(openTime, [open, high, low, close, volume]));
    });
    callApi<[number, string, string, string, string, string][]>("GET", "/api/v3/klines", {
      symbol,
      interval,
      limit: 500,
    }).then(
      (rows) => {
        if (!current) return;
        const all = rows.map(([time, ...prices]) => candleOf(time, prices));
        chart.current?.candles.setData(all.map(({ volume: _volume, ...candle }) => candle));
        chart.current?.volumes.setData(all.map(({ time, volume }) => ({ time, value: volume })));
      },
      () => undefined,
    );
    return () => {
      current = false;
      stop();
    };
  }, [exchange, symbol, interval, theme, tickSize, connection === "live"]);

  const digits = digitsOf(tickSize);
  const change = ticker?.priceChangePercent ?? "0";
  return (
    <section className="panel chart" aria-label={`${symbol} chart`}>
      <header>
        <h1>
          {info?.baseAsset ?? symbol}
          {info !== undefined && <small>/{info.quoteAsset}</small>}
        </h1>
        <output className={`last num ${toneOf(change)}`} aria-label="Last price">
          {ticker === undefined ? "–" : readable(ticker.lastPrice, digits)}
        </output>
        <dl>
          <div>
            <dt>24 h</dt>
            <dd className={`num ${toneOf(change)}`}>{percent(change)}</dd>
          </div>
          <div>
            <dt>High</dt>
            <dd className="num">{ticker === undefined ? "–" : readable(ticker.highPrice, digits)}</dd>
          </div>
          <div>
            <dt>Low</dt>
            <dd className="num">{ticker === undefined ? "–" : readable(ticker.lowPrice, digits)}</dd>
          </div>
          <div>
            <dt>Volume {info?.baseAsset}</dt>
            <dd className="num">{ticker === undefined ? "–" : readable(ticker.volume, 2)}</dd>
          </div>
        </dl>
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
      <div ref={box} className="canvas" />
    </section>
  );
}
