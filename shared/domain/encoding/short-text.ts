/** Up to so many bytes a loop is faster than the decoder. */
const MAX_LOOPED_BYTES = 24;

/** How many texts are kept: a power of two. */
const KEPT = 1024;

/** Texts that were read lately, each at the place that its bytes give. */
const kept: string[] = new Array(KEPT).fill("");

/**
 * A short text of ASCII alone, as most are; `undefined` for any other. The ids of Regions, markets, assets and branches stand in nearly every record: one that was read lately is given again, and not
 * made anew.
 */
export function shortText(bytes: Uint8Array, start: number, count: number): string | undefined {
  if (count > MAX_LOOPED_BYTES) return undefined;
  const end = start + count;
  let hash = count;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
  const place = (hash ^ (hash >>> 15)) & (KEPT - 1);
  const known = kept[place] as string;
  if (isTextOf(known, bytes, start, count)) return known;
  let text = "";
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  kept[place] = text;
  return text;
}

function isTextOf(text: string, bytes: Uint8Array, start: number, count: number): boolean {
  if (text.length !== count) return false;
  for (let at = 0; at < count; at++) if (text.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}
