import type { Asset } from "./asset.ts";
import { type DecimalError, formatDecimal, parseDecimal } from "./decimal.ts";
import type { Market } from "./market.ts";

/** Digits after the point on the wire: Binance writes every amount with eight. */
export const WIRE_DIGITS = 8;

/** Why a text is no price or quantity of a market: as a decimal, or because it is no multiple of the tick or the lot. */
export type UnitsError = DecimalError | "not-a-multiple";

export type UnitsResult =
  | { readonly ok: true; readonly units: number }
  | { readonly ok: false; readonly error: UnitsError };

/** A price as text to ticks. */
export function parsePrice(market: Market, text: string): UnitsResult {
  return multiples(
    parseDecimal(text, Math.max(market.priceScale, WIRE_DIGITS)),
    market.tickUnits * 10 ** tickExponent(market),
  );
}

/** A quantity of the base asset as text to lots. */
export function parseQuantity(market: Market, base: Asset, text: string): UnitsResult {
  const scale = Math.max(base.scale, WIRE_DIGITS);
  return multiples(parseDecimal(text, scale), market.basePerLot * 10 ** (scale - base.scale));
}

/** An amount of an asset as text to smallest units. */
export function parseAmount(asset: Asset, text: string): UnitsResult {
  return parseDecimal(text, asset.scale);
}

/** Ticks as text with eight digits. */
export function formatPrice(market: Market, ticks: number): string {
  return formatDecimal(ticks * market.tickUnits, market.priceScale, WIRE_DIGITS);
}

/** Lots as text with eight digits. */
export function formatQuantity(market: Market, base: Asset, lots: number): string {
  return formatDecimal(lots * market.basePerLot, base.scale, WIRE_DIGITS);
}

/** Smallest units as text with eight digits. */
export function formatAmount(asset: Asset, units: number): string {
  return formatDecimal(units, asset.scale, WIRE_DIGITS);
}

function tickExponent(market: Market): number {
  return Math.max(market.priceScale, WIRE_DIGITS) - market.priceScale;
}

function multiples(result: UnitsResult, unit: number): UnitsResult {
  if (!result.ok) return result;
  if (result.units % unit !== 0) return { ok: false, error: "not-a-multiple" };
  return { ok: true, units: result.units / unit };
}
