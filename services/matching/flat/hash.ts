/** A 32-bit hash of a non-negative safe integer and a small one beside it (MurmurHash3's finalizer; A. Appleby, public domain). */
export function hashNumber(value: number, beside = 0): number {
  let h = Math.imul((value | 0) ^ Math.imul(beside + 1, 0x9e3779b1), 0x85ebca6b);
  if (value > 0x7fffffff) h ^= Math.imul((value / 0x1_0000_0000) | 0, 0x27d4eb2f);
  h ^= h >>> 15;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 13);
}
