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
 * Copies a client order id, which stands as an encoded text at a place in bytes, and returns its hash, as `clientOrderIdWord`: one walk over it instead of two. There must be room for
 * the longest.
 */
export function copyClientOrderId(bytes: Uint8Array, start: number, into: Uint8Array, to: number): number {
  const length = bytes[start] as number;
  if (length < 1 || length > MAX_CLIENT_ORDER_ID) throw noClientOrderId();
  into[to] = length;
  let isWhole = 1;
  let word = 0x811c9dc5;
  for (let at = 1; at <= length; at++) {
    const byte = bytes[start + at] as number;
    isWhole &= IS_IN_CLIENT_ORDER_ID[byte] as number;
    word = Math.imul(word ^ byte, 0x01000193);
    into[to + at] = byte;
  }
  if (isWhole === 0) throw noClientOrderId();
  return word;
}

/**
 * The hash, as `textWord`, of a client order id that stands as an encoded text at a place in bytes. Throws `DecodingError` for a text that is none. The text must lie
 * within the bytes.
 */
export function clientOrderIdWord(bytes: Uint8Array, start: number): number {
  const length = bytes[start] as number;
  let isWhole = length >= 1 && length <= MAX_CLIENT_ORDER_ID ? 1 : 0;
  let word = 0x811c9dc5;
  for (let at = start + 1; at <= start + length * isWhole; at++) {
    const byte = bytes[at] as number;
    isWhole &= IS_IN_CLIENT_ORDER_ID[byte] as number;
    word = Math.imul(word ^ byte, 0x01000193);
  }
  if (isWhole === 0) throw noClientOrderId();
  return word;
}

function noClientOrderId(): DecodingError {
  return new DecodingError("a text is no client order id");
}
