/** A page of memory, in 32-bit words. */
const PAGE = 1024;

/**
 * New memory, each page of which is written to once: the system gives a page when it is first written to, which takes longer than folding a command, so
 * that is done when a table is made.
 */
export function touched(words: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  for (let at = 0; at < words.length; at += PAGE) words[at] = 0;
  return words;
}
