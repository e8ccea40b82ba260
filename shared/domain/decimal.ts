/**
 * Exact decimals: text on the wire, integers inside. Nothing here touches a floating-point fraction.
 * `"1.25"` at scale 2 is the integer 125.
 */

/** Why a text is not a usable decimal. */
export type DecimalError = "malformed" | "too-precise" | "too-large";

export type DecimalResult =
  | { readonly ok: true; readonly units: number }
  | { readonly ok: false; readonly error: DecimalError };

const DECIMAL_TEXT = /^(\d{1,20})(?:\.(\d{0,20}))?$/;

/**
 * Reads an unsigned decimal as an integer number of 10^-scale units.
 *
 * `parseDecimal("0.5", 3)` is 500. Trailing zeros beyond the scale are allowed, other digits are `too-precise`; more than
 * 2^53 - 1 units is `too-large`; signs, exponents and blanks are `malformed`. Never throws.
 */
export function parseDecimal(text: string, scale: number): DecimalResult {
  const match = DECIMAL_TEXT.exec(text);
  if (match === null) return { ok: false, error: "malformed" };
  const whole = match[1] ?? "";
  const fraction = match[2] ?? "";
  if (/[1-9]/.test(fraction.slice(scale))) return { ok: false, error: "too-precise" };
  const units = BigInt(whole + fraction.slice(0, scale).padEnd(scale, "0"));
  if (units > BigInt(Number.MAX_SAFE_INTEGER)) return { ok: false, error: "too-large" };
  return { ok: true, units: Number(units) };
}

/**
 * Writes an integer of 10^-scale units as a decimal with exactly `digits` fraction digits (default: `scale`; never fewer
 * than `scale`). `formatDecimal(125, 2, 8)` is `"1.25000000"`.
 */
export function formatDecimal(units: number, scale: number, digits: number = scale): string {
  const sign = units < 0 ? "-" : "";
  const text = String(Math.abs(units)).padStart(scale + 1, "0");
  const whole = text.slice(0, text.length - scale);
  const fraction = text.slice(text.length - scale).padEnd(Math.max(digits, scale), "0");
  return fraction === "" ? sign + whole : `${sign}${whole}.${fraction}`;
}
