import { ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE } from "#shared/domain/order.ts";
import { WordText } from "../flat/word-text.ts";
import { IS_IN_CLIENT_ORDER_ID } from "./client-order-id-text.ts";
import { hashOfCommandId } from "./command-memory.ts";
import type { MarketState } from "./market-state.ts";
import type { Found, ReadCommand } from "./read-command.ts";
import { isAt, sizeOf, uintAt } from "./record-parts.ts";
import type { Shard } from "./shard.ts";
import type { Terms } from "./terms.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const ownIsAt = isAt;
const ownSizeOf = sizeOf;
const ownUintAt = uintAt;

/** As shared/domain/encoding/command-encoding.ts writes them. */
const VERSION = 1;
const PLACE_ORDER = 1;
const CANCEL_ORDER = 2;
const TICK = 9;
const ID_BYTES = 16;
/** No command is shorter. */
const SHORTEST = 21;
/** Longer texts go the long way. */
const MAX_TEXT = 36;
const SIDE_COUNT = SIDES.length;
const TYPE_COUNT = ORDER_TYPES.length;
const TIME_IN_FORCE_COUNT = TIMES_IN_FORCE.length;
const PREVENTION_COUNT = SELF_TRADE_PREVENTIONS.length;
/** After price and quantity come five numbers that most orders leave at 0: a byte each. */
const OPTIONS = 5;
/** Four words, price, quantity, and those. */
const SHORTEST_TERMS = 4 + 2 + OPTIONS;

/**
 * Reads the three commands that nearly every record is, straight into numbers, without an object in between. Whatever is unusual in the least (another kind,
 * version, branch or market, a long text, a number not in its shortest form) it leaves to the general decoder, which knows what is an error.
 */
export class OrderReader {
  readonly #shard: Shard;
  #branch: WordText;
  /** The market of the last order or cancel. */
  #market: MarketState | undefined;
  /** The memory of the last record, and a view of it. */
  #bytes: Uint8Array = new Uint8Array();
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(shard: Shard) {
    this.#shard = shard;
    this.#branch = WordText.of(shard.branch);
  }

  /** The shard has gone over to another branch. */
  follow(branch: string): void {
    this.#branch = WordText.of(branch);
  }

  /**
   * Reads the record at `start` … `end` into a command. The place in the record is a local and a number's length follows from its
   * value, so that nothing is kept in memory between two fields. Four bytes are read at once where so many are left.
   */
  read(bytes: Uint8Array, start: number, end: number, into: ReadCommand): Found {
    if (end - start < SHORTEST || bytes[start] !== VERSION) return "other";
    const view = this.#viewOf(bytes);
    const { commandId } = into;
    commandId[0] = view.getInt32(start + 1, true);
    commandId[1] = view.getInt32(start + 5, true);
    commandId[2] = view.getInt32(start + 9, true);
    commandId[3] = view.getInt32(start + 13, true);
    into.hash = hashOfCommandId(commandId);
    let at = start + 1 + ID_BYTES;
    const branch = this.#branch;
    if (!ownIsAt(view, at, end, branch)) return "other";
    at += branch.size;
    const validUntil = ownUintAt(view, at, end);
    at += ownSizeOf(validUntil);
    if (validUntil < 0 || at >= end) return "other";
    const tag = view.getUint8(at++);
    if (tag === TICK) return readTick(view, at, end, into) ? "Tick" : "other";
    if (tag !== PLACE_ORDER && tag !== CANCEL_ORDER) return "other";
    const account = ownUintAt(view, at, end);
    at += ownSizeOf(account);
    if (account < 0) return "other";
    const market = this.#marketAt(view, at, end);
    if (market === undefined) return "other";
    at += market.text.size;
    into.validUntil = validUntil;
    into.account = account;
    into.market = market;
    if (tag === PLACE_ORDER) return readPlaceOrder(bytes, view, at, end, into.terms) ? "PlaceOrder" : "other";
    return readCancelOrder(view, at, end, into) ? "CancelOrder" : "other";
  }

  /** Records mostly stand in the same memory, one after the other. */
  #viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#view;
  }

  /** The market of the next text: mostly the same as before. */
  #marketAt(view: DataView, at: number, end: number): MarketState | undefined {
    const last = this.#market;
    if (last !== undefined && ownIsAt(view, at, end, last.text)) return last;
    return this.#otherMarketAt(view, at, end);
  }

  #otherMarketAt(view: DataView, at: number, end: number): MarketState | undefined {
    this.#market = this.#shard.markets.find(({ text }) => ownIsAt(view, at, end, text));
    return this.#market;
  }
}

function readPlaceOrder(bytes: Uint8Array, view: DataView, from: number, end: number, terms: Terms): boolean {
  let at = from;
  const orderId = ownUintAt(view, at, end);
  at += ownSizeOf(orderId);
  if (orderId < 0 || !readClientOrderId(bytes, at, end, terms)) return false;
  at += terms.clientOrderId.size;
  // The shortest rest: four words and seven numbers.
  if (at + SHORTEST_TERMS > end) return false;
  const words = view.getInt32(at, true);
  const side = words & 0xff;
  const type = (words >>> 8) & 0xff;
  const timeInForce = (words >>> 16) & 0xff;
  const prevention = words >>> 24;
  if (side >= SIDE_COUNT || type >= TYPE_COUNT) return false;
  if (timeInForce >= TIME_IN_FORCE_COUNT || prevention >= PREVENTION_COUNT) return false;
  at += 4;
  const price = ownUintAt(view, at, end);
  at += ownSizeOf(price);
  const quantity = ownUintAt(view, at, end);
  at += ownSizeOf(quantity);
  if (price < 0 || quantity < 0 || at + OPTIONS > end) return false;
  terms.orderId = orderId;
  terms.side = side;
  terms.type = type;
  terms.timeInForce = timeInForce;
  terms.selfTradePrevention = prevention;
  terms.price = price;
  terms.quantity = quantity;
  if (at + OPTIONS === end) {
    const options = view.getInt32(at, true) | view.getUint8(at + 4);
    // All of them one byte of 0: as nearly always.
    if (options === 0) {
      terms.quoteQuantity = 0;
      terms.stopPrice = 0;
      terms.trailingDelta = 0;
      terms.icebergQuantity = 0;
      terms.goodTillDate = 0;
      return true;
    }
  }
  return readOptions(view, at, end, terms);
}

/** A cancel by order id alone, without restriction. */
function readCancelOrder(view: DataView, at: number, end: number, into: ReadCommand): boolean {
  const orderId = ownUintAt(view, at, end);
  const name = at + ownSizeOf(orderId);
  into.orderId = orderId;
  return orderId > 0 && name + 2 === end && view.getUint16(name) === 0;
}

function readTick(view: DataView, at: number, end: number, into: ReadCommand): boolean {
  const time = ownUintAt(view, at, end);
  into.time = time;
  return time >= 0 && at + ownSizeOf(time) === end;
}

function readClientOrderId(bytes: Uint8Array, at: number, end: number, terms: Terms): boolean {
  const length = bytes[at] as number;
  if (length < 1 || length > MAX_TEXT || at + length >= end) return false;
  const { clientOrderId } = terms;
  const { bytes: text, words } = clientOrderId;
  words[length >>> 2] = 0;
  text[0] = length;
  let word = 0x811c9dc5;
  let isWhole = 1;
  let bits = 0;
  for (let each = 1; each <= length; each++) {
    const byte = bytes[at + each] as number;
    bits |= byte;
    isWhole &= IS_IN_CLIENT_ORDER_ID[byte] as number;
    text[each] = byte;
    // As `textWord`.
    word = Math.imul(word ^ byte, 0x01000193);
  }
  clientOrderId.size = 1 + length;
  terms.clientOrderIdWord = word;
  terms.hasClientOrderId = isWhole === 1;
  // What is not ASCII may be no UTF-8 either.
  return bits < 0x80;
}

/** The numbers of an order that most orders leave at 0. */
function readOptions(view: DataView, from: number, end: number, terms: Terms): boolean {
  let at = from;
  const quoteQuantity = ownUintAt(view, at, end);
  at += ownSizeOf(quoteQuantity);
  const stopPrice = ownUintAt(view, at, end);
  at += ownSizeOf(stopPrice);
  const trailingDelta = ownUintAt(view, at, end);
  at += ownSizeOf(trailingDelta);
  const icebergQuantity = ownUintAt(view, at, end);
  at += ownSizeOf(icebergQuantity);
  const goodTillDate = ownUintAt(view, at, end);
  at += ownSizeOf(goodTillDate);
  if (quoteQuantity < 0 || stopPrice < 0 || trailingDelta < 0 || icebergQuantity < 0 || goodTillDate < 0)
    return false;
  terms.quoteQuantity = quoteQuantity;
  terms.stopPrice = stopPrice;
  terms.trailingDelta = trailingDelta;
  terms.icebergQuantity = icebergQuantity;
  terms.goodTillDate = goodTillDate;
  return at === end;
}
