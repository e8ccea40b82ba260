/** Decimal arithmetic for what a person sees: exact, in BigInt at eight digits, never floating point. */
const SCALE = 8;
const ONE = 10n ** BigInt(SCALE);

/** A decimal text in 10^-8 units; `undefined` for anything else. */
export function unitsOf(text: string): bigint | undefined {
  const match = /^(\d{1,20})(?:\.(\d{0,8})0*)?$/.exec(text.trim());
  if (match === null) return undefined;
  return BigInt(match[1] ?? "0") * ONE + BigInt((match[2] ?? "").padEnd(SCALE, "0"));
}

/** A decimal of the exchange's own in 10^-8 units; zero for what is missing. */
export function wireUnits(text: string | undefined): bigint {
  return unitsOf(text ?? "") ?? 0n;
}

/** 10^-8 units as text with so many digits, at most eight. Rounds down. */
export function textOf(units: bigint, digits: number): string {
  const cut = units / 10n ** BigInt(SCALE - digits);
  const text = cut.toString().padStart(digits + 1, "0");
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

export function multiply(a: bigint, b: bigint): bigint {
  return (a * b) / ONE;
}

/** Zero where the divisor is. */
export function divide(a: bigint, b: bigint): bigint {
  return b === 0n ? 0n : (a * ONE) / b;
}

/** The largest multiple of a step that is not above the value. */
export function floorTo(units: bigint, step: bigint): bigint {
  return step === 0n ? units : (units / step) * step;
}

/** The smallest multiple of a step that is not below the value. */
export function ceilTo(units: bigint, step: bigint): bigint {
  return floorTo(units + step - 1n, step);
}

/** The smallest amount that an asset of so many digits, at most eight, can have. */
export function smallestUnit(digits: number): bigint {
  return 10n ** BigInt(SCALE - digits);
}

/** Fraction digits of a step: "0.00100000" has three. */
export function digitsOf(step: string): number {
  return step.split(".")[1]?.replace(/0+$/, "").length ?? 0;
}

/** The average price of what was executed, as text. */
export function averageOf(quote: string, quantity: string, digits: number): string {
  return textOf(divide(wireUnits(quote), wireUnits(quantity)), digits);
}

/** A wire decimal for reading: the digits given, the whole part in groups of three. */
export function readable(text: string, digits: number): string {
  const [whole = "0", fraction = ""] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return digits === 0 ? grouped : `${grouped}.${fraction.padEnd(digits, "0").slice(0, digits)}`;
}

/** Without trailing zeros: an amount in a list, exact to the last unit. */
export function trimmed(text: string): string {
  return readable(text, digitsOf(text));
}

/** True for "0", "0.000" and the like. */
export function isZero(decimal: string): boolean {
  return !/[1-9]/.test(decimal);
}
