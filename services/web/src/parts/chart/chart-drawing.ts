import {
  type CandlestickData,
  CandlestickSeries,
  ColorType,
  createChart,
  HistogramSeries,
  type TickMarkFormatter,
  TickMarkType,
  type UTCTimestamp,
} from "lightweight-charts";
import { digitsOf } from "../../money/decimal.ts";
import { cssColor } from "./css-color.ts";

/** A candle for the chart. Floating point is good enough for pixels. */
export interface Candle extends CandlestickData<UTCTimestamp> {
  readonly volume: number;
}

/** Open, high, low, close and volume as the wire has them; the time in ms. */
export function candleOf(time: number, figures: readonly string[]): Candle {
  const [open = 0, high = 0, low = 0, close = 0, volume = 0] = figures.map(Number);
  return { time: (time / 1000) as UTCTimestamp, open, high, low, close, volume };
}

/** A chart on the page: candles with their volume below. */
export interface ChartDrawing {
  /** Replaces all candles. */
  show(candles: readonly Candle[]): void;
  /** Adds a candle at the end, or replaces the last one. An older one is left out. */
  put(candle: Candle): void;
  remove(): void;
}

/** Draws in the colors that the page has now, with times where the trader is. */
export function drawChart(box: HTMLElement, tickSize: string): ChartDrawing {
  const chart = createChart(box, {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: cssColor("--panel") },
      textColor: cssColor("--soft"),
      fontFamily: "system-ui, sans-serif",
      fontSize: 11,
    },
    grid: { vertLines: { color: cssColor("--grid") }, horzLines: { color: cssColor("--grid") } },
    rightPriceScale: { borderColor: cssColor("--line") },
    timeScale: {
      borderColor: cssColor("--line"),
      timeVisible: true,
      secondsVisible: false,
      rightOffset: RIGHT_BARS,
      tickMarkFormatter: markText,
    },
    localization: { timeFormatter: (time: UTCTimestamp) => local(time, { ...DAY, ...MINUTE }) },
  });
  const precision = digitsOf(tickSize);
  const candles = chart.addSeries(CandlestickSeries, {
    upColor: cssColor("--up"),
    downColor: cssColor("--down"),
    wickUpColor: cssColor("--up"),
    wickDownColor: cssColor("--down"),
    borderVisible: false,
    priceFormat: { type: "price", precision, minMove: 10 ** -precision },
  });
  candles.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.22 } });
  const volumes = chart.addSeries(HistogramSeries, {
    color: cssColor("--volume"),
    priceFormat: { type: "volume" },
    priceScaleId: "",
    lastValueVisible: false,
    priceLineVisible: false,
  });
  volumes.priceScale().applyOptions({ scaleMargins: { top: 0.85, bottom: 0 } });
  let last = 0;
  return {
    show: (all) => {
      candles.setData([...all]);
      volumes.setData(all.map(({ time, volume }) => ({ time, value: volume })));
      last = all.at(-1)?.time ?? 0;
      chart.timeScale().applyOptions({ barSpacing: barSpacing(box.clientWidth, all.length) });
    },
    put: (candle) => {
      if (candle.time < last) return;
      candles.update(candle);
      volumes.update({ time: candle.time, value: candle.volume });
      last = candle.time;
    },
    remove: () => chart.remove(),
  };
}

/** Pixels from candle to candle: a young market's few candles are wider. */
function barSpacing(width: number, candles: number): number {
  return Math.min(20, Math.max(9, (width - PRICE_SCALE_PX) / (candles + RIGHT_BARS)));
}

/** Bars left free at the right, and about the width of the price scale. */
const RIGHT_BARS = 4;
const PRICE_SCALE_PX = 80;
const DAY = { day: "numeric", month: "short" } as const;
const MINUTE = { hour: "2-digit", minute: "2-digit" } as const;

function local(time: UTCTimestamp, parts: Intl.DateTimeFormatOptions): string {
  return new Date(time * 1000).toLocaleString("en-GB", { ...parts, hour12: false });
}

const markText: TickMarkFormatter = (time, kind) => {
  const at = time as UTCTimestamp;
  if (kind === TickMarkType.Year) return local(at, { year: "numeric" });
  if (kind === TickMarkType.Month) return local(at, { month: "short" });
  return local(at, kind === TickMarkType.DayOfMonth ? DAY : MINUTE);
};
