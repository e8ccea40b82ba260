import { assert } from "../invariant.ts";
import { type ByteReader, DecodingError } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** 2^32, and what the upper word of a number below 2^53 is below. */
const WORD = 0x1_0000_0000;
const UPPER_END = 0x20_0000;

/**
 * Writes the first numbers of a column: the least of them as `u`, then how many bytes each takes (0, 1, 2, 4 or 8: as few as do for all), then what each is above the least,
 * little-endian. Numbers of one kind lie near one another, so this is short, and it is read and written in loops of a few instructions. All must be non-negative safe integers.
 */
export function writeColumn(writer: ByteWriter, column: Float64Array, count: number): void {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (let at = 0; at < count; at++) {
    const value = column[at] as number;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  // Whatever is negative, broken, too large or no number at all is found here, or by one of the loops.
  writer.uint(least);
  const width = widthOf(most - least);
  writer.byte(width);
  const view = writer.view(width * count);
  let isWhole = Number.isSafeInteger(most);
  if (width === 8) {
    for (let at = 0; at < count; at++) {
      const above = (column[at] as number) - least;
      const upper = (above / WORD) | 0;
      view.setUint32(8 * at, above - upper * WORD, true);
      view.setUint32(8 * at + 4, upper, true);
      isWhole &&= Number.isSafeInteger(above);
    }
  } else if (width === 4) {
    for (let at = 0; at < count; at++) {
      const above = (column[at] as number) - least;
      view.setUint32(4 * at, above, true);
      isWhole &&= above >>> 0 === above;
    }
  } else if (width === 2) {
    for (let at = 0; at < count; at++) {
      const above = (column[at] as number) - least;
      view.setUint16(2 * at, above, true);
      isWhole &&= (above | 0) === above;
    }
  } else if (width === 1) {
    for (let at = 0; at < count; at++) {
      const above = (column[at] as number) - least;
      view.setUint8(at, above);
      isWhole &&= (above | 0) === above;
    }
  } else {
    for (let at = 0; at < count; at++) isWhole &&= column[at] === least;
  }
  assert(isWhole, "the numbers of a column are unsigned safe integers");
}

/** Reads so many numbers, at least one, into the first places of a column. Throws `DecodingError` for what `writeColumn` would not have written. */
export function readColumn(reader: ByteReader, column: Float64Array, count: number): void {
  const least = reader.uint();
  const width = reader.byte();
  if (width !== 0 && width !== 1 && width !== 2 && width !== 4 && width !== 8)
    throw new DecodingError("an unknown width of a column");
  const start = reader.skip(width * count);
  const { view } = reader;
  let hasLeast = width === 0;
  let most = 0;
  if (width === 8) {
    let uppers = 0;
    for (let at = 0; at < count; at++) {
      const upper = view.getUint32(start + 8 * at + 4, true);
      const above = upper * WORD + view.getUint32(start + 8 * at, true);
      uppers |= upper;
      if (above === 0) hasLeast = true;
      if (above > most) most = above;
      column[at] = least + above;
    }
    if (uppers >>> 0 >= UPPER_END) throw beyond();
  } else if (width === 4) {
    for (let at = 0; at < count; at++) {
      const above = view.getUint32(start + 4 * at, true);
      if (above === 0) hasLeast = true;
      if (above > most) most = above;
      column[at] = least + above;
    }
  } else if (width === 2) {
    for (let at = 0; at < count; at++) {
      const above = view.getUint16(start + 2 * at, true);
      if (above === 0) hasLeast = true;
      if (above > most) most = above;
      column[at] = least + above;
    }
  } else if (width === 1) {
    for (let at = 0; at < count; at++) {
      const above = view.getUint8(start + at);
      if (above === 0) hasLeast = true;
      if (above > most) most = above;
      column[at] = least + above;
    }
  } else column.fill(least, 0, count);
  if (!hasLeast || widthOf(most) !== width) throw new DecodingError("a column is not in its shortest form");
  if (least + most > Number.MAX_SAFE_INTEGER) throw beyond();
}

/** How many bytes such a number takes. */
function widthOf(above: number): number {
  if (above === 0) return 0;
  if (above < 0x100) return 1;
  if (above < 0x1_0000) return 2;
  return above < WORD ? 4 : 8;
}

function beyond(): DecodingError {
  return new DecodingError("an integer is beyond 2^53");
}
