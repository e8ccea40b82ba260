import type { Asset } from "./asset.ts";
import { type DecimalError, formatDecimal, parseDecimal } from "./decimal.ts";
import type { Market } from "./market.ts";

/** Fraction digits of every price, quantity and amount on the wire (Binance prints eight everywhere). */
export const WIRE_DIGITS = 8;

/** Why a text is no price or quantity of a market. `off-step`: it is between two ticks or two lots. */
export type UnitsError = DecimalError | "off-step";

export type UnitsResult =
  | { readonly ok: true; readonly units: number }
  | { readonly ok: false; readonly error: UnitsError };

/**
 * Reads a price as ticks. `"100.25"` at a tick of 0.01 is 10025. More than eight fraction digits are `too-precise`; digits between two
 * ticks are `off-step`. Bounds are not checked: they belong to the fold. Never throws.
 */
export function parsePrice(market: Market, text: string): UnitsResult {
  return parseSteps(text, market.priceScale, market.tickUnits, WIRE_DIGITS);
}

/** Reads a quantity of the base asset as lots; `too-precise` is what the base asset cannot express. See {@link parsePrice}. */
export function parseQuantity(market: Market, base: Asset, text: string): UnitsResult {
  return parseSteps(text, base.scale, market.basePerLot, base.scale);
}

/** Reads an amount of an asset as smallest units. Never throws. */
export function parseAmount(asset: Asset, text: string): UnitsResult {
  return parseDecimal(text, asset.scale);
}

/** Ticks as a decimal with eight fraction digits. */
export function formatPrice(market: Market, ticks: number): string {
  return formatUnits(ticks, market.tickUnits, market.priceScale);
}

/** Lots as a decimal with eight fraction digits. */
export function formatQuantity(market: Market, base: Asset, lots: number): string {
  return formatUnits(lots, market.basePerLot, base.scale);
}

/** Smallest units of an asset as a decimal with eight fraction digits. */
export function formatAmount(asset: Asset, units: number): string {
  return formatDecimal(units, asset.scale, WIRE_DIGITS);
}

function parseSteps(text: string, scale: number, step: number, maxDigits: number): UnitsResult {
  const parsed = parseDecimal(text, scale);
  if (!parsed.ok) {
    if (parsed.error !== "too-precise") return parsed;
    const finer = parseDecimal(text, maxDigits);
    // Digits that the wire can express and the step cannot: between two steps.
    return finer.ok || finer.error === "too-large" ? { ok: false, error: "off-step" } : finer;
  }
  if (parsed.units % step !== 0) return { ok: false, error: "off-step" };
  return { ok: true, units: parsed.units / step };
}

function formatUnits(steps: number, step: number, scale: number): string {
  const units = steps * step;
  // Sums over a day of trades may pass 2^53 in the smallest unit of the asset though they do not in lots.
  if (Number.isSafeInteger(units)) return formatDecimal(units, scale, WIRE_DIGITS);
  const text = String(BigInt(steps) * BigInt(step)).padStart(scale + 1, "0");
  const fraction = text.slice(text.length - scale).padEnd(Math.max(WIRE_DIGITS, scale), "0");
  return `${text.slice(0, text.length - scale)}.${fraction}`;
}
