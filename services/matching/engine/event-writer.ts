import { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import { encodeEventInto } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Event } from "#shared/domain/event.ts";
import { putFixedText, putTextWords, putUintWords } from "../flat/put-words.ts";
import { grown } from "../flat/slots.ts";
import type { WordText } from "../flat/word-text.ts";
import type { Terms } from "./terms.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const ownPutFixedText = putFixedText;
const ownPutTextWords = putTextWords;
const ownPutUintWords = putUintWords;

/** More than any one event takes, and what is put beyond it, its text aside. */
const ROOM = 256;

/** Tags of shared/domain/encoding/outcome-encoding.ts: a test holds both against each other. */
const ORDER_ACCEPTED = 1;
const COMMAND_REJECTED = 2;
const TRADE = 3;
const ORDER_CANCELED = 4;
const ORDER_EXPIRED = 5;
const BALANCE_CHANGED = 9;
const LEVEL_CHANGED = 10;
const ORDER_ACTIVATED = 18;
const ORDER_TRIGGERED = 19;

/**
 * Writes events in their encoding, one command's after the other, into memory that is used again. The frequent ones are written field by field;
 * the rare ones by the encoder of everybody else.
 */
export class EventWriter {
  /** Valid until the next command. */
  bytes = new Uint8Array(4096);
  length = 0;
  count = 0;
  #view = new DataView(this.bytes.buffer);
  readonly #rare = new ByteWriter(ROOM);

  /** Begins the events of the next command. */
  clear(): void {
    this.length = 0;
    this.count = 0;
  }

  /** Any event, as an object. */
  event(event: Event): void {
    const writer = this.#rare.clear();
    encodeEventInto(writer, event);
    const bytes = writer.finish();
    this.#reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
    this.count++;
  }

  /** A refusal of the kind `command`, both by their places in their lists. */
  commandRejected(
    reason: number,
    command: number,
    account: number,
    market: WordText,
    orderId: number,
    clientOrderId: WordText,
  ): void {
    const view = this.#room(market);
    let at = putByte(view, this.length, COMMAND_REJECTED);
    at = putByte(view, at, reason);
    at = putByte(view, at, command);
    at = ownPutUintWords(view, at, account);
    at = ownPutFixedText(view, at, market);
    at = ownPutUintWords(view, at, orderId);
    this.length = ownPutTextWords(view, at, clientOrderId);
    this.count++;
  }

  orderAccepted(account: number, market: WordText, terms: Terms, listId: number, stage: number): void {
    const view = this.#room(market);
    let at = putByte(view, this.length, ORDER_ACCEPTED);
    at = ownPutUintWords(view, at, account);
    at = ownPutFixedText(view, at, market);
    at = ownPutUintWords(view, at, terms.orderId);
    at = ownPutTextWords(view, at, terms.clientOrderId);
    const words =
      terms.side | (terms.type << 8) | (terms.timeInForce << 16) | (terms.selfTradePrevention << 24);
    view.setInt32(at, words, true);
    at = ownPutUintWords(view, at + 4, terms.price);
    at = ownPutUintWords(view, at, terms.quantity);
    if (terms.quoteQuantity === 0 && listId === 0 && !terms.hasExtras) {
      // As nearly always: six numbers that are 0, and the stage.
      view.setInt32(at, 0, true);
      view.setInt32(at + 4, stage << 16, true);
      this.length = at + 7;
      this.count++;
      return;
    }
    at = ownPutUintWords(view, at, terms.quoteQuantity);
    at = ownPutUintWords(view, at, terms.stopPrice);
    at = ownPutUintWords(view, at, terms.trailingDelta);
    at = ownPutUintWords(view, at, terms.icebergQuantity);
    at = ownPutUintWords(view, at, terms.goodTillDate);
    at = ownPutUintWords(view, at, listId);
    this.length = putByte(view, at, stage);
    this.count++;
  }

  trade(
    market: WordText,
    tradeId: number,
    price: number,
    quantity: number,
    quote: number,
    takerSide: number,
    makerOrderId: number,
    takerOrderId: number,
    makerAccount: number,
    takerAccount: number,
    makerFee: number,
    takerFee: number,
    makerFilled: boolean,
    takerFilled: boolean,
  ): void {
    const view = this.#room(market);
    let at = putByte(view, this.length, TRADE);
    at = ownPutFixedText(view, at, market);
    at = ownPutUintWords(view, at, tradeId);
    at = ownPutUintWords(view, at, price);
    at = ownPutUintWords(view, at, quantity);
    at = ownPutUintWords(view, at, quote);
    at = putByte(view, at, takerSide);
    at = ownPutUintWords(view, at, makerOrderId);
    at = ownPutUintWords(view, at, takerOrderId);
    at = ownPutUintWords(view, at, makerAccount);
    at = ownPutUintWords(view, at, takerAccount);
    at = ownPutUintWords(view, at, makerFee);
    at = ownPutUintWords(view, at, takerFee);
    at = putByte(view, at, makerFilled ? 1 : 0);
    at = putByte(view, at, takerFilled ? 1 : 0);
    this.length = at;
    this.count++;
  }

  orderCanceled(orderId: number, account: number, market: WordText): void {
    this.#aboutOrder(ORDER_CANCELED, orderId, account, market);
  }

  orderExpired(orderId: number, account: number, market: WordText, reason: number): void {
    this.#aboutOrder(ORDER_EXPIRED, orderId, account, market);
    this.length = putByte(this.#view, this.length, reason);
  }

  orderActivated(orderId: number, account: number, market: WordText): void {
    this.#aboutOrder(ORDER_ACTIVATED, orderId, account, market);
  }

  orderTriggered(orderId: number, account: number, market: WordText): void {
    this.#aboutOrder(ORDER_TRIGGERED, orderId, account, market);
  }

  balanceChanged(account: number, asset: WordText, free: number, locked: number): void {
    const view = this.#room(asset);
    let at = putByte(view, this.length, BALANCE_CHANGED);
    at = ownPutUintWords(view, at, account);
    at = ownPutFixedText(view, at, asset);
    at = ownPutUintWords(view, at, free);
    at = ownPutUintWords(view, at, locked);
    this.length = at;
    this.count++;
  }

  levelChanged(market: WordText, side: number, price: number, quantity: number, updateId: number): void {
    const view = this.#room(market);
    let at = putByte(view, this.length, LEVEL_CHANGED);
    at = ownPutFixedText(view, at, market);
    at = putByte(view, at, side);
    at = ownPutUintWords(view, at, price);
    at = ownPutUintWords(view, at, quantity);
    at = ownPutUintWords(view, at, updateId);
    this.length = at;
    this.count++;
  }

  #aboutOrder(tag: number, orderId: number, account: number, market: WordText): void {
    const view = this.#room(market);
    let at = putByte(view, this.length, tag);
    at = ownPutUintWords(view, at, orderId);
    at = ownPutUintWords(view, at, account);
    at = ownPutFixedText(view, at, market);
    this.length = at;
    this.count++;
  }

  /** Memory with room for any one event with a text so long, from `length` on. */
  #room(text: WordText): DataView {
    this.#reserve(ROOM + text.size);
    return this.#view;
  }

  #reserve(count: number): void {
    if (this.length + count > this.bytes.length) {
      this.bytes = grown(this.bytes, Math.max(2 * this.bytes.length, this.length + count));
      this.#view = new DataView(this.bytes.buffer);
    }
  }
}

/** Puts a byte at a place and returns the place after it. */
function putByte(view: DataView, at: number, value: number): number {
  view.setUint8(at, value);
  return at + 1;
}
