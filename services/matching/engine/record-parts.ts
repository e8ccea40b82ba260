import type { WordText } from "../flat/word-text.ts";

// The parts of a record, read where they stand: for readers that keep their place in a register.

/** Four bytes as a little-endian word. */
export function wordAt(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** True if a text stands at a place. Four bytes at a time, and the rest of them. */
export function isAt(bytes: Uint8Array, at: number, end: number, text: WordText): boolean {
  const { size, words } = text;
  if (at + size > end) return false;
  const whole = size >>> 2;
  for (let each = 0; each < whole; each++) {
    if (words[each] !== wordAt(bytes, at + (each << 2))) return false;
  }
  const { bytes: own } = text;
  for (let each = whole << 2; each < size; each++) {
    if (own[each] !== bytes[at + each]) return false;
  }
  return true;
}

/**
 * LEB128 at a place, at most 2^53 - 1; -1 if it is not in its shortest form, too great, or ends too late. Small, so that it is inlined; most numbers have one
 * to three bytes.
 */
export function uintAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 3 > end) return longUintAt(bytes, at, end);
  const first = bytes[at] as number;
  if (first < 0x80) return first;
  const second = bytes[at + 1] as number;
  if (second < 0x80) return second === 0 ? -1 : (first & 0x7f) | (second << 7);
  const third = bytes[at + 2] as number;
  if (third < 0x80) return third === 0 ? -1 : (first & 0x7f) | ((second & 0x7f) << 7) | (third << 14);
  return longUintAt(bytes, at, end);
}

function longUintAt(bytes: Uint8Array, from: number, end: number): number {
  let value = 0;
  let unit = 1;
  for (let at = from; at < end && at < from + 8; at++) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * unit;
    if (byte < 0x80) {
      const isShortest = byte > 0 || at === from;
      return isShortest && value <= Number.MAX_SAFE_INTEGER ? value : -1;
    }
    unit *= 0x80;
  }
  return -1;
}

/** How many bytes a number takes in its shortest form. */
export function sizeOf(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  if (value < 0x1000_0000) return 4;
  if (value < 0x8_0000_0000) return 5;
  if (value < 0x400_0000_0000) return 6;
  return value < 0x2_0000_0000_0000 ? 7 : 8;
}
