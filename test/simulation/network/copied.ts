/** What a message holds, copied to the last byte: the two ends of a link share nothing. Takes plain data only. */
export function copied<T>(value: T): T {
  return copyOf(value) as T;
}

function copyOf(value: unknown): unknown {
  if (typeof value === "function" || typeof value === "symbol")
    throw new TypeError(`a message cannot hold a ${typeof value}`);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return copyOfList(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`a message cannot hold a ${value.constructor.name}`);
  // Cloned at once, which Node does much faster than field by field; then what is not a plain value in itself.
  const copy: Record<string, unknown> = { ...value };
  for (const key in copy) {
    const field = copy[key];
    if (typeof field === "object" ? field !== null : typeof field === "function" || typeof field === "symbol")
      copy[key] = copyOf(field);
  }
  return copy;
}

function copyOfList(list: readonly unknown[]): unknown[] {
  const copy = [...list];
  for (let at = 0; at < copy.length; at++) copy[at] = copyOf(copy[at]);
  return copy;
}
