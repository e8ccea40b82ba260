/** True if two values of plain data (no functions, no classes) hold the same to the last field. What has one encoding has the same bytes then, and only then. */
export function isSameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && isSameList(a, b);
  return !Array.isArray(b) && isSameRecord(a as PlainRecord, b as PlainRecord);
}

type PlainRecord = Readonly<Record<string, unknown>>;

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (!isSameData(a[at], b[at])) return false;
  return true;
}

function isSameRecord(a: PlainRecord, b: PlainRecord): boolean {
  let more = 0;
  for (const key in a) {
    const value = a[key];
    const other = b[key];
    // Most are numbers and texts.
    if (value !== other && !isSameData(value, other)) return false;
    if (other === undefined && !(key in b)) return false;
    more++;
  }
  for (const _key in b) more--;
  return more === 0;
}
