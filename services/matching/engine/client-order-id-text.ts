import { DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { CLIENT_ORDER_ID_CHARACTERS, MAX_CLIENT_ORDER_ID } from "#shared/domain/rules.ts";

/** Which bytes may stand in a client order id: 1 each. */
export const IS_IN_CLIENT_ORDER_ID = Uint8Array.from({ length: 256 }, (_, byte) =>
  CLIENT_ORDER_ID_CHARACTERS.includes(String.fromCharCode(byte)) ? 1 : 0,
);

/** Rule 2 of PlaceOrder, of a name. */
export function isClientOrderId(text: string): boolean {
  if (text.length < 1 || text.length > MAX_CLIENT_ORDER_ID) return false;
  for (let at = 0; at < text.length; at++) {
    // Beyond the table stands what is none.
    if (IS_IN_CLIENT_ORDER_ID[text.charCodeAt(at)] !== 1) return false;
  }
  return true;
}

/**
 * Copies a client order id, which stands at a place in bytes, behind its length, and returns its hash, as `textWord` computes it: one walk over it instead of two. Throws `DecodingError` for a
 * text that is none. There must be room for the longest.
 */
export function copyClientOrderId(
  bytes: Uint8Array,
  start: number,
  length: number,
  into: Uint8Array,
  to: number,
): number {
  if (length < 1 || length > MAX_CLIENT_ORDER_ID) throw noClientOrderId();
  into[to] = length;
  let isWhole = 1;
  let word = 0x811c9dc5;
  for (let at = 0; at < length; at++) {
    const byte = bytes[start + at] as number;
    isWhole &= IS_IN_CLIENT_ORDER_ID[byte] as number;
    word = Math.imul(word ^ byte, 0x01000193);
    into[to + 1 + at] = byte;
  }
  if (isWhole === 0) throw noClientOrderId();
  return word;
}

function noClientOrderId(): DecodingError {
  return new DecodingError("a text is no client order id");
}
