/** The numbers of a JSON value that can only be epoch times of our days, in milliseconds or in microseconds. */
export function timesIn(value: unknown, unit: "ms" | "us"): number[] {
  if (typeof value === "number") {
    const ms = unit === "ms" ? value : value / 1000;
    return ms > 1e12 && ms < 1e13 ? [value] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((one) => timesIn(one, unit));
}
