import { ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE } from "#shared/domain/order.ts";
import { encodedText } from "./encoded-text.ts";
import type { MarketState } from "./market-state.ts";
import type { Shard } from "./shard.ts";
import type { Terms } from "./terms.ts";

/** As shared/domain/encoding/command-encoding.ts writes them. */
const VERSION = 1;
const PLACE_ORDER = 1;
const CANCEL_ORDER = 2;
const ID_BYTES = 16;
/** No command is shorter. */
const SHORTEST = 24;
/** Longer texts go the long way. */
const MAX_TEXT = 36;

/** What the reader found: `"other"` is anything that it leaves to the general decoder. */
export type Found = "PlaceOrder" | "CancelOrder" | "other";

/**
 * Reads the two commands that nearly every record is, straight into numbers, without an object in between. Whatever is unusual in the least (another kind,
 * version, branch or market, a long text, a number not in its shortest form) it leaves to the general decoder, which knows what is an error.
 */
export class OrderReader {
  readonly #shard: Shard;
  #branch: Uint8Array;
  readonly #clientOrderId = new Uint8Array(1 + MAX_TEXT);
  /** Views of `#clientOrderId` by length, so that none is made anew. */
  readonly #views = Array.from({ length: 1 + MAX_TEXT }, (_, length) =>
    this.#clientOrderId.subarray(0, 1 + length),
  );
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #isUsual = true;
  /** The command id as four little-endian words. */
  readonly commandId = new Int32Array(4);
  validUntil = 0;
  account = 0;
  // Set whenever something was found.
  market!: MarketState;
  /** Of CancelOrder. */
  orderId = 0;

  constructor(shard: Shard) {
    this.#shard = shard;
    this.#branch = encodedText(shard.branch);
  }

  /** The shard has gone over to another branch. */
  follow(branch: string): void {
    this.#branch = encodedText(branch);
  }

  /** Reads the record at `start` … `end`; `terms` takes those of a PlaceOrder. */
  read(bytes: Uint8Array, start: number, end: number, terms: Terms): Found {
    this.#bytes = bytes;
    this.#end = end;
    this.#isUsual = true;
    if (end - start < SHORTEST || bytes[start] !== VERSION) return "other";
    for (let word = 0; word < 4; word++) {
      const at = start + 1 + 4 * word;
      this.commandId[word] =
        (bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24);
    }
    this.#at = start + 1 + ID_BYTES;
    if (!this.#isNext(this.#branch)) return "other";
    this.validUntil = this.#uint();
    const tag = this.#byte();
    if (tag === PLACE_ORDER) return this.#placeOrder(terms) ? "PlaceOrder" : "other";
    if (tag === CANCEL_ORDER) return this.#cancelOrder() ? "CancelOrder" : "other";
    return "other";
  }

  #placeOrder(terms: Terms): boolean {
    this.account = this.#uint();
    if (!this.#market()) return false;
    terms.orderId = this.#uint();
    if (!this.#readClientOrderId(terms)) return false;
    terms.side = this.#word(SIDES.length);
    terms.type = this.#word(ORDER_TYPES.length);
    terms.timeInForce = this.#word(TIMES_IN_FORCE.length);
    terms.selfTradePrevention = this.#word(SELF_TRADE_PREVENTIONS.length);
    terms.price = this.#uint();
    terms.quantity = this.#uint();
    terms.quoteQuantity = this.#uint();
    terms.stopPrice = this.#uint();
    terms.trailingDelta = this.#uint();
    terms.icebergQuantity = this.#uint();
    terms.goodTillDate = this.#uint();
    return this.#isUsual && this.#at === this.#end;
  }

  /** A cancel by order id alone, without restriction. */
  #cancelOrder(): boolean {
    this.account = this.#uint();
    if (!this.#market()) return false;
    this.orderId = this.#uint();
    const nameLength = this.#byte();
    const restriction = this.#byte();
    const isPlain = this.orderId > 0 && nameLength === 0 && restriction === 0;
    return isPlain && this.#isUsual && this.#at === this.#end;
  }

  /** The market of the next text: mostly the same as before. */
  #market(): boolean {
    if (this.market !== undefined && this.#isNext(this.market.text)) return true;
    for (const market of this.#shard.markets) {
      if (!this.#isNext(market.text)) continue;
      this.market = market;
      return true;
    }
    return false;
  }

  #readClientOrderId(terms: Terms): boolean {
    const length = this.#byte();
    if (length < 1 || length > MAX_TEXT || this.#at + length > this.#end) return false;
    const bytes = this.#bytes;
    const text = this.#clientOrderId;
    text[0] = length;
    let word = 0x811c9dc5;
    for (let each = 1; each <= length; each++) {
      const byte = bytes[this.#at++] as number;
      // What is not ASCII may be no UTF-8 either.
      if (byte > 0x7f) return false;
      text[each] = byte;
      // As `textWord`.
      word = Math.imul(word ^ byte, 0x01000193);
    }
    terms.clientOrderId = this.#views[length] as Uint8Array;
    terms.clientOrderIdWord = word;
    return true;
  }

  /** Passes over an encoded text if it comes next. */
  #isNext(text: Uint8Array): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    const length = text.length;
    if (at + length > this.#end) return false;
    for (let each = 0; each < length; each++) {
      if (bytes[at + each] !== text[each]) return false;
    }
    this.#at = at + length;
    return true;
  }

  #byte(): number {
    if (this.#at >= this.#end) {
      this.#isUsual = false;
      return 0;
    }
    return this.#bytes[this.#at++] as number;
  }

  #word(count: number): number {
    const place = this.#byte();
    if (place >= count) this.#isUsual = false;
    return place;
  }

  /** LEB128 in its shortest form, at most 2^53 - 1. Small, so that it is inlined; many numbers are small too. */
  #uint(): number {
    const byte = this.#bytes[this.#at] as number;
    if (byte >= 0x80) return this.#longUint();
    this.#at++;
    return byte;
  }

  #longUint(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let byte = bytes[at++] as number;
    let value = byte & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      byte = bytes[at++] as number;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return this.#done(at, byte, value);
    }
    let high = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      byte = bytes[at++] as number;
      high |= (byte & 0x7f) << shift;
      if (byte < 0x80) return this.#done(at, byte, value + high * 0x10000000);
    }
    this.#isUsual = false;
    return 0;
  }

  #done(at: number, lastByte: number, value: number): number {
    this.#at = at;
    if (at > this.#end || lastByte === 0 || value > Number.MAX_SAFE_INTEGER) this.#isUsual = false;
    return value;
  }
}
