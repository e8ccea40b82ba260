import type { Side } from "#shared/domain/order.ts";
import { ceilTo, digitsOf, floorTo, textOf, unitsOf, wireUnits } from "../../money/decimal.ts";

const BIPS_IN_ONE = 10_000n;

/** A percentage as hundredths of a percent; `undefined` if it is none, or finer than that. */
export function bipsOf(percent: string): number | undefined {
  const units = unitsOf(percent);
  if (units === undefined || units % 1_000_000n !== 0n) return undefined;
  return Number(units / 1_000_000n);
}

/** Hundredths of a percent as the percentage that they are: 150 as "1.5". */
export function percentOf(bips: number): string {
  return String(bips / 100);
}

/**
 * The price at which a trailing order is triggered, were the best price since it tracks this one: as the fold computes it (docs/engine-rules.md, Triggers),
 * below it for a sell, above it for a buy. Empty where there is no such price.
 */
export function trailingPrice(best: string, bips: number, side: Side, tickSize: string): string {
  const [from, tick] = [wireUnits(best), wireUnits(tickSize)];
  if (from === 0n) return "";
  const part = side === "SELL" ? BIPS_IN_ONE - BigInt(bips) : BIPS_IN_ONE + BigInt(bips);
  const exact = from * part;
  const price =
    side === "SELL"
      ? floorTo(exact / BIPS_IN_ONE, tick)
      : ceilTo((exact + BIPS_IN_ONE - 1n) / BIPS_IN_ONE, tick);
  return price <= 0n ? "" : textOf(price, digitsOf(tickSize));
}
