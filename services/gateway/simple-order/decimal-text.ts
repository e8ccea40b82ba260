/**
 * The decimal digits of a JSON number or decimal string, without arithmetic: a number is taken by its shortest text, which is what
 * its sender wrote, up to 17 digits. `decimalText(1e-7)` is `"0.0000001"`. `undefined` for what is no unsigned decimal.
 */
export function decimalText(value: number | string): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  // JavaScript writes at most 21 digits before the point and, for 17 digits above 1e-6, 6 + 17 after it.
  const match = /^(\d{1,21})(?:\.(\d{1,23}))?(?:e([+-]\d{1,3}))?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = "", fraction = "", exponent] = match;
  if (exponent === undefined) return text;
  // Only numbers are written so by JavaScript; people and programs that send text send plain decimals.
  if (typeof value === "string") return undefined;
  return shifted(whole, fraction, Number(exponent));
}

/** Moves the decimal point of digits by `places` to the right, or to the left when negative. */
function shifted(whole: string, fraction: string, places: number): string {
  if (places >= 0) {
    const moved = fraction.padEnd(places, "0");
    const rest = moved.slice(places);
    return `${whole}${moved.slice(0, places)}${rest === "" ? "" : `.${rest}`}`;
  }
  const digits = whole.padStart(-places + 1, "0");
  return `${digits.slice(0, places)}.${digits.slice(places)}${fraction}`;
}
