/**
 * Orders for one market as int32 words, five a command: op (0 = place a GTC limit order, 1 = cancel), side (0 = buy, 1 = sell), id, price in ticks,
 * quantity in lots; a cancel has price = quantity = 0. The first `setup` commands bring the book to where the measured ones begin.
 */
export interface Flow {
  readonly name: string;
  readonly setup: number;
  readonly commands: number;
  readonly words: Int32Array;
}

export const WORDS = 5;
export const PLACE = 0;
export const CANCEL = 1;
export const BUY = 0;
export const SELL = 1;

const MAGIC = 0x424d4b31;
const HEADER = 8;

/** Reads a flow from a file of the form that test/fixtures has (unzipped): a header of eight words, then commands. */
export function readFlow(name: string, bytes: Uint8Array): Flow {
  const copy = bytes.slice();
  const file = new Int32Array(copy.buffer, 0, Math.floor(copy.byteLength / 4));
  const [magic, version, setup = 0, measured = 0] = file;
  const words = file.subarray(HEADER);
  if (magic !== MAGIC || version !== 1 || words.length !== WORDS * (setup + measured)) {
    throw new Error(`${name} is no flow of version 1`);
  }
  return { name, setup, commands: measured, words };
}
