import { assert } from "#shared/domain/invariant.ts";

/** The most bytes of an integer in an encoding. */
export const MAX_INTEGER_BYTES = 8;

// For writers that know that there is room: each puts a value at a place and returns the place after it. What writes a whole record with them keeps its place in a register.

/** As `ByteWriter.uint`: seven bits a byte, low ones first. Small, so that it is inlined; many numbers are small too. */
export function putUint(bytes: Uint8Array, at: number, value: number): number {
  const word = value | 0;
  if (word !== value || word < 0 || word >= 0x80) return putLongUint(bytes, at, value);
  bytes[at] = word;
  return at + 1;
}

/** Most of these have two to four bytes. */
function putLongUint(bytes: Uint8Array, at: number, value: number): number {
  if (value >= 0x80 && value < 0x1000_0000) {
    const word = value | 0;
    assert(word === value, "an integer is whole");
    bytes[at] = word | 0x80;
    if (word < 0x4000) {
      bytes[at + 1] = word >>> 7;
      return at + 2;
    }
    bytes[at + 1] = (word >>> 7) | 0x80;
    if (word < 0x20_0000) {
      bytes[at + 2] = word >>> 14;
      return at + 3;
    }
    bytes[at + 2] = (word >>> 14) | 0x80;
    bytes[at + 3] = word >>> 21;
    return at + 4;
  }
  assert(Number.isSafeInteger(value) && value >= 0, "an integer is unsigned and safe");
  // Integer operations take 32 bits: the low 28 first.
  const low = value & 0xfffffff;
  bytes[at] = low | 0x80;
  bytes[at + 1] = (low >>> 7) | 0x80;
  bytes[at + 2] = (low >>> 14) | 0x80;
  bytes[at + 3] = (low >>> 21) | 0x80;
  let end = at + 4;
  let rest = ((value - low) / 0x10000000) | 0;
  for (; rest >= 0x80; rest >>>= 7) bytes[end++] = rest | 0x80;
  bytes[end] = rest;
  return end + 1;
}

/** Bytes of another memory, as they stand there. */
export function putBytes(
  bytes: Uint8Array,
  at: number,
  from: Uint8Array,
  start: number,
  end: number,
): number {
  const shift = at - start;
  for (let each = start; each < end; each++) bytes[shift + each] = from[each] as number;
  return at + end - start;
}
