/**
 * A 64-bit hash of bytes as 16 hex digits, for comparing states between replicas: two 32-bit lanes in the manner of MurmurHash3
 * (its multipliers and finalizer, public domain, A. Appleby). Not cryptographic: it finds faults, not forgeries.
 */
export function digestOf(bytes: Uint8Array): string {
  let a = 0x9747b28c;
  let b = 0x1b873593;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    a = Math.imul(a ^ byte, 0xcc9e2d51);
    a = (a << 13) | (a >>> 19);
    b = Math.imul(b + byte, 0x85ebca6b);
    b ^= b >>> 15;
  }
  a ^= bytes.length;
  b ^= a;
  return hex(finish(a)) + hex(finish(b));
}

function finish(lane: number): number {
  let h = lane ^ (lane >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
