import { type ByteReader, DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import { ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE } from "#shared/domain/order.ts";
import { ORDER_NUMBERS } from "./snapshot-order.ts";

/** Some orders of a snapshot, one after another: so that what they need of the engine's memory can be read for many at once. */
export class OrderBatch {
  static readonly SIZE = 64;
  readonly accounts = new Float64Array(OrderBatch.SIZE);
  readonly orderIds = new Float64Array(OrderBatch.SIZE);
  /** Where their client order ids stand in the reader's bytes, as encoded texts. Not doubles: each byte of a text would be found by an addition of doubles. */
  readonly clientOrderIds = new Int32Array(OrderBatch.SIZE);
  /** The records of their accounts in the market: see `Traders.findAll`. */
  readonly traders = new Int32Array(OrderBatch.SIZE);
  readonly sides = new Uint8Array(OrderBatch.SIZE);
  readonly types = new Uint8Array(OrderBatch.SIZE);
  readonly timesInForce = new Uint8Array(OrderBatch.SIZE);
  readonly preventions = new Uint8Array(OrderBatch.SIZE);
  /** `ORDER_NUMBERS` each. */
  readonly numbers = new Float64Array(OrderBatch.SIZE * ORDER_NUMBERS);
  readonly #one = new Float64Array(1);

  /** Reads so many orders of a market, at most `SIZE`, as `openOrderCodec`. `market` is its id as an encoded text. */
  read(reader: ByteReader, market: Uint8Array, count: number): void {
    const one = this.#one;
    for (let at = 0; at < count; at++) {
      reader.uints(one, 0, 1);
      this.accounts[at] = one[0] as number;
      reader.expect(market, "an order stands with another market");
      reader.uints(one, 0, 1);
      this.orderIds[at] = one[0] as number;
      this.clientOrderIds[at] = reader.skipText();
      this.sides[at] = wordOf(reader, SIDES);
      this.types[at] = wordOf(reader, ORDER_TYPES);
      this.timesInForce[at] = wordOf(reader, TIMES_IN_FORCE);
      this.preventions[at] = wordOf(reader, SELF_TRADE_PREVENTIONS);
      reader.uints(this.numbers, at * ORDER_NUMBERS, ORDER_NUMBERS);
    }
  }
}

/** One of a list of words, by its place. */
function wordOf(reader: ByteReader, words: readonly string[]): number {
  const place = reader.byte();
  if (place >= words.length) throw new DecodingError("an unknown word");
  return place;
}
