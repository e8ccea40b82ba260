/** The 32 bits that eight lower-case hexadecimal digits are, 0 to 2^32 - 1; negative where they are none. */
export function hexWord(text: string, at: number): number {
  let word = 0;
  for (let each = at; each < at + 8; each += 2) {
    const byte = hexByte(text, each);
    if (byte < 0) return -1;
    word = (word << 8) | byte;
  }
  return word >>> 0;
}

/** The byte that two of them are; negative where they are none. */
export function hexByte(text: string, at: number): number {
  const high = digitOf(text.charCodeAt(at));
  const low = digitOf(text.charCodeAt(at + 1));
  return high < 0 || low < 0 ? -1 : (high << 4) | low;
}

/** Of the code of a digit; negative for any other. */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1;
}
