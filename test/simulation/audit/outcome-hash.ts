import type { Outcome } from "#shared/domain/event.ts";

/** A number that all parts of an outcome go into, in the order in which they stand. */
export function outcomeHash(outcome: Outcome): number {
  return hashOf(outcome, 0x811c9dc5) >>> 0;
}

function hashOf(value: unknown, start: number): number {
  let hash = start;
  if (typeof value === "number") {
    hash = mixed(hash, value | 0);
    return mixed(hash, (value / 0x1_0000_0000) | 0);
  }
  if (typeof value === "string") {
    for (let at = 0; at < value.length; at++) hash = mixed(hash, value.charCodeAt(at));
    return mixed(hash, value.length);
  }
  if (typeof value === "boolean") return mixed(hash, value ? 2 : 1);
  if (Array.isArray(value)) {
    for (const element of value) hash = hashOf(element, hash);
    return mixed(hash, value.length);
  }
  if (typeof value === "object" && value !== null)
    for (const key in value) hash = hashOf((value as Record<string, unknown>)[key], hash);
  return mixed(hash, 0x51);
}

function mixed(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193) ^ (hash >>> 17);
}
