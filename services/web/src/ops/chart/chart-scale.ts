import type { OpsLine } from "#shared/protocol/ops-messages.ts";

/** From times and values to places in a picture of 1000 × 100. */
export interface ChartScale {
  /** The value at the top; 0 is at the bottom. */
  readonly top: number;
  x(ms: number): number;
  y(value: number): number;
}

export const WIDTH = 1000;
export const HEIGHT = 100;

/** All values, and the limit as soon as they come near it. */
export function chartScale(
  lines: readonly OpsLine[],
  { from, to }: { readonly from: number; readonly to: number },
  limit: number | undefined,
): ChartScale {
  const most = Math.max(0, ...lines.flatMap(({ points }) => points.map(([, value]) => value)));
  const near = limit !== undefined && most > limit / 2 ? limit * 1.1 : 0;
  const top = niceTop(Math.max(most, near));
  return {
    top,
    x: (ms) => ((ms - from) / Math.max(1, to - from)) * WIDTH,
    y: (value) => HEIGHT - (Math.max(0, value) / top) * HEIGHT,
  };
}

/** The next round number above: 1, 2, 2.5, 4, 5, 8 times a power of ten, with room for the line itself. */
export function niceTop(most: number): number {
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 2.5, 4, 5, 8, 10].find((each) => each * power >= most * 1.05) ?? 20;
  return step * power;
}

/** A line's path; it breaks where values are missing. */
export function linePath({ points }: OpsLine, scale: ChartScale, stepSeconds: number): string {
  let last = Number.NEGATIVE_INFINITY;
  return points
    .map(([seconds, value]) => {
      const isNext = seconds - last <= 1.5 * stepSeconds;
      last = seconds;
      const [x, y] = [scale.x(seconds * 1000).toFixed(1), scale.y(value).toFixed(2)];
      // A point alone is a short stroke: a line of no length is not drawn.
      return isNext ? `L${x} ${y}` : `M${x} ${y}h1`;
    })
    .join("");
}

/** The value at a time, or the last one before it if that is no more than a step older. */
export function valueAt({ points }: OpsLine, ms: number, stepSeconds: number): number | undefined {
  const at = ms / 1000;
  const before = points.findLast(([seconds]) => seconds <= at + stepSeconds / 2);
  return before !== undefined && at - before[0] <= 1.5 * stepSeconds ? before[1] : undefined;
}
