import { assert } from "#shared/domain/invariant.ts";
import type { WordText } from "./word-text.ts";

// For writers that know that there is room for eight bytes more than they put: each puts a value at a place and returns the place after it, four bytes by one store, of which those that are too many are written over
// by what comes next. Stores of single bytes were a quarter of the fold's time.

/** As `ByteWriter.uint`: seven bits a byte, low ones first. Small, so that it is inlined; many numbers are small too. */
export function putUintWords(view: DataView, at: number, value: number): number {
  const word = value | 0;
  if (word !== value || word < 0 || word >= 0x80) return putLongUint(view, at, value);
  view.setUint8(at, word);
  return at + 1;
}

function putLongUint(view: DataView, at: number, value: number): number {
  assert(value >= 0 && value <= Number.MAX_SAFE_INTEGER, "an integer is unsigned and safe");
  if (value < 0x1000_0000) return putUpTo28Bits(view, at, value | 0);
  // Integer operations take 32 bits: the low 28 first.
  const low = value & 0xfffffff;
  view.setInt32(at, spread(low) | 0x80808080, true);
  return putUpTo28Bits(view, at + 4, ((value - low) / 0x1000_0000) | 0);
}

function putUpTo28Bits(view: DataView, at: number, word: number): number {
  const bytes = spread(word);
  if (word < 0x80) {
    view.setInt32(at, bytes, true);
    return at + 1;
  }
  if (word < 0x4000) {
    view.setInt32(at, bytes | 0x80, true);
    return at + 2;
  }
  if (word < 0x20_0000) {
    view.setInt32(at, bytes | 0x8080, true);
    return at + 3;
  }
  view.setInt32(at, bytes | 0x808080, true);
  return at + 4;
}

/** 28 bits as four bytes of seven. */
function spread(word: number): number {
  return (word & 0x7f) | ((word & 0x3f80) << 1) | ((word & 0x1f_c000) << 2) | ((word & 0xfe0_0000) << 3);
}

/** A text made by `WordText.of`: mostly of no more than eight bytes, which are at hand without its memory. */
export function putFixedText(view: DataView, at: number, text: WordText): number {
  const { size } = text;
  if (size > 8) return putTextWords(view, at, text);
  view.setInt32(at, text.first, true);
  view.setInt32(at + 4, text.second, true);
  return at + size;
}

/** A text, which may have as many bytes as there is room for. */
export function putTextWords(view: DataView, at: number, { words, size }: WordText): number {
  const count = (size + 3) >>> 2;
  for (let each = 0; each < count; each++) view.setInt32(at + 4 * each, words[each] as number, true);
  return at + size;
}
