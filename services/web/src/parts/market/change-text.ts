import { isZero } from "../../money/decimal.ts";

/** "-1.234" as "−1.23 %". */
export function percentText(change: string): string {
  if (isZero(change)) return "0.00 %";
  const sign = change.startsWith("-") ? "−" : "+";
  return `${sign}${change.replace("-", "").replace(/(\.\d\d)\d*$/, "$1")} %`;
}

/** The class that colors a change. */
export function toneOf(change: string): "up" | "down" | "" {
  if (isZero(change)) return "";
  return change.startsWith("-") ? "down" : "up";
}
