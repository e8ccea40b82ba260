/** How many fields a thing that is hashed may have. */
const MAX_FIELDS = 64;

/** Odd multipliers, two words a field: the output of a xorshift generator (Marsaglia, 2003) from a fixed seed. */
const MULTIPLIERS = multipliers(0x9e3779b9);

/**
 * The hash of the numbered fields of one thing: the sum of (word × the word's own odd multiplier) mod 2^32, then mixed in two ways (MurmurHash3's finalizer with two pairs
 * of constants; A. Appleby, public domain) into two 32-bit lanes. Whatever differs in one word differs in the sum. A field that is 0 adds nothing, so it costs nothing. Finds faults, not forgeries.
 */
export class FieldHash {
  /** Not yet mixed. */
  sum = 0;

  /** Begins with what kind of thing it is. */
  start(tag: number): void {
    this.sum = tag;
  }

  /** A non-negative safe integer. */
  number(field: number, value: number): void {
    if (value !== 0) this.sum = withField(this.sum, field, value);
  }

  /** 32 bits. `slot` is twice the field's number, or one more for its second word. */
  word(slot: number, word: number): void {
    this.sum = withWord(this.sum, slot, word);
  }

  get a(): number {
    return laneA(this.sum);
  }

  get b(): number {
    return laneB(this.sum);
  }
}

/** A sum with one more field: what `FieldHash.number` does, for code that keeps its sum in a register. */
export function withField(sum: number, field: number, value: number): number {
  const low = sum + Math.imul(value | 0, MULTIPLIERS[2 * field] as number);
  if (value <= 0x7fffffff) return low | 0;
  return (low + Math.imul((value / 0x1_0000_0000) | 0, MULTIPLIERS[2 * field + 1] as number)) | 0;
}

/** The same for one 32-bit word. */
export function withWord(sum: number, slot: number, word: number): number {
  return (sum + Math.imul(word, MULTIPLIERS[slot] as number)) | 0;
}

/** The first lane of a finished sum. */
export function laneA(sum: number): number {
  let h = sum ^ (sum >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}

/** The second lane of a finished sum. */
export function laneB(sum: number): number {
  let h = sum ^ (sum >>> 15);
  h = Math.imul(h, 0xd168aaad);
  h ^= h >>> 15;
  h = Math.imul(h, 0xaf723597);
  return (h ^ (h >>> 15)) | 0;
}

/** A 32-bit hash of a short text of ASCII characters (FNV-1a; Fowler, Noll, Vo). */
export function textWord(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

/** Two lanes as 16 hex digits. */
export function lanesAsHex(a: number, b: number): string {
  return hex(a) + hex(b);
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, "0");
}

function multipliers(seed: number): Int32Array {
  let x = seed | 0;
  return Int32Array.from({ length: 2 * MAX_FIELDS }, () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x | 1;
  });
}
