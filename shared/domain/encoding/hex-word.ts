/**
 * The 32 bits that eight lower-case hexadecimal digits are, 0 to 2^32 - 1; negative where they are none. Ids are random, so that a branch on what kind a digit is would be guessed wrong every other time: there is none.
 */
export function hexWord(text: string, at: number): number {
  let word = 0;
  let wrong = 0;
  for (let each = at; each < at + 8; each++) {
    const code = text.charCodeAt(each);
    const digit = digitOf(code);
    wrong |= wrongness(code, digit);
    word = (word << 4) | digit;
  }
  return wrong === 0 ? word >>> 0 : -1;
}

/** The byte that two of them are; negative where they are none. */
export function hexByte(text: string, at: number): number {
  const high = text.charCodeAt(at);
  const low = text.charCodeAt(at + 1);
  const first = digitOf(high);
  const second = digitOf(low);
  return (wrongness(high, first) | wrongness(low, second)) === 0 ? (first << 4) | second : -1;
}

/** Writes the codes of the eight digits of 32 bits to a place in a list. */
export function putHexWord(codes: number[], at: number, word: number): void {
  for (let each = 0; each < 8; each++) {
    const digit = (word >>> (28 - 4 * each)) & 0xf;
    codes[at + each] = 0x30 + digit + (((9 - digit) >> 31) & LETTERS);
  }
}

/** How far letters stand behind where digits would go on. */
const LETTERS = 39;

/** What the code of a digit stands for: `0` is 0x30, `a` is 0x61. */
function digitOf(code: number): number {
  return (code & 0xf) + 9 * (code >> 6);
}

/** 0 if the code is that of the digit, and there is such a digit. */
function wrongness(code: number, digit: number): number {
  const isLetter = (9 - digit) >> 31;
  return (code ^ (0x30 + digit + (isLetter & LETTERS))) | (digit >> 4);
}
