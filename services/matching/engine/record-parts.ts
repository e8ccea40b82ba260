import type { WordText } from "../flat/word-text.ts";

// The parts of a record, read where they stand: for readers that keep their place in a register.

/** True if a text stands at a place. Four bytes at a time, and the rest of them. */
export function isAt(view: DataView, at: number, end: number, text: WordText): boolean {
  const { size, words } = text;
  if (at + size > end) return false;
  const whole = size >>> 2;
  for (let each = 0; each < whole; each++) {
    if (words[each] !== view.getInt32(at + (each << 2), true)) return false;
  }
  const { bytes: own } = text;
  for (let each = whole << 2; each < size; each++) {
    if (own[each] !== view.getUint8(at + each)) return false;
  }
  return true;
}

/**
 * LEB128 at a place, at most 2^53 - 1; -1 if it is not in its shortest form, too great, or ends too late. Small, so that it is inlined; most numbers have one
 * to three bytes, which are read as one word.
 */
export function uintAt(view: DataView, at: number, end: number): number {
  if (at + 4 > end) return longUintAt(view, at, end);
  const word = view.getInt32(at, true);
  const low = word & 0x7f;
  if ((word & 0x80) === 0) return low;
  const middle = (word >>> 1) & 0x3f80;
  if ((word & 0x8000) === 0) return middle === 0 ? -1 : middle | low;
  const high = (word >>> 2) & 0x1f_c000;
  if ((word & 0x80_0000) === 0) return high === 0 ? -1 : high | middle | low;
  return longUintAt(view, at, end);
}

function longUintAt(view: DataView, from: number, end: number): number {
  let value = 0;
  let unit = 1;
  for (let at = from; at < end && at < from + 8; at++) {
    const byte = view.getUint8(at);
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
