/** How many fields a thing that is hashed may have. */
const MAX_FIELDS = 64;

/** Odd multipliers, two words a field, one table a lane: the output of a xorshift generator (Marsaglia, 2003) from a fixed seed. */
export const LANE_A = multipliers(0x9e3779b9);
export const LANE_B = multipliers(0x85ebca6b);

/**
 * A 64-bit hash of the numbered fields of one thing, as two 32-bit lanes: each lane is the sum of (word × the word's own odd multiplier) mod 2^32, then mixed
 * by MurmurHash3's finalizer (A. Appleby, public domain). A field that is 0 adds nothing, so it costs nothing. Finds faults, not forgeries.
 */
export class FieldHash {
  /** The two lanes, mixed, after `finish()`. */
  a = 0;
  b = 0;

  /** Begins with what kind of thing it is. */
  start(tag: number): void {
    this.a = tag;
    this.b = ~tag;
  }

  /** A non-negative safe integer. */
  number(field: number, value: number): void {
    if (value === 0) return;
    this.word(2 * field, value | 0);
    if (value > 0x7fffffff) this.word(2 * field + 1, (value / 0x1_0000_0000) | 0);
  }

  /** 32 bits. `slot` is twice the field's number, or one more for its second word. */
  word(slot: number, word: number): void {
    this.a = (this.a + Math.imul(word, LANE_A[slot] as number)) | 0;
    this.b = (this.b + Math.imul(word, LANE_B[slot] as number)) | 0;
  }

  finish(): void {
    this.a = mix(this.a);
    this.b = mix(this.b);
  }
}

/**
 * One lane's sum with one more field: what `FieldHash.number` does, for code that keeps its sums in registers. `lane` is `LANE_A` or `LANE_B`.
 */
export function withField(lane: Int32Array, sum: number, field: number, value: number): number {
  const low = sum + Math.imul(value | 0, lane[2 * field] as number);
  if (value <= 0x7fffffff) return low | 0;
  return (low + Math.imul((value / 0x1_0000_0000) | 0, lane[2 * field + 1] as number)) | 0;
}

/** The same for a field that is one 32-bit word. */
export function withWord(lane: Int32Array, sum: number, slot: number, word: number): number {
  return (sum + Math.imul(word, lane[slot] as number)) | 0;
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

/** MurmurHash3's finalizer: the last step of a lane. */
export function mix(lane: number): number {
  let h = lane ^ (lane >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
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
