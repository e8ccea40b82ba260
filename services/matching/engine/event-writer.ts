import { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import { encodeEventInto } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Event } from "#shared/domain/event.ts";
import { putBytes, putUint } from "../flat/put.ts";
import { grown } from "../flat/slots.ts";
import type { Terms } from "./terms.ts";

/** More than any one event takes, texts aside. */
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
    market: Uint8Array,
    orderId: number,
    clientOrderId: Uint8Array,
  ): void {
    const bytes = this.#room(market);
    let at = putByte(bytes, this.length, COMMAND_REJECTED);
    at = putByte(bytes, at, reason);
    at = putByte(bytes, at, command);
    at = putUint(bytes, at, account);
    at = putText(bytes, at, market);
    at = putUint(bytes, at, orderId);
    this.length = putText(bytes, at, clientOrderId);
    this.count++;
  }

  /** `market` is an encoded text: length, then bytes. So are all texts here. */
  orderAccepted(account: number, market: Uint8Array, terms: Terms, listId: number, stage: number): void {
    const bytes = this.#room(market);
    let at = putByte(bytes, this.length, ORDER_ACCEPTED);
    at = putUint(bytes, at, account);
    at = putText(bytes, at, market);
    at = putUint(bytes, at, terms.orderId);
    at = putText(bytes, at, terms.clientOrderId);
    bytes[at] = terms.side;
    bytes[at + 1] = terms.type;
    bytes[at + 2] = terms.timeInForce;
    bytes[at + 3] = terms.selfTradePrevention;
    at = putUint(bytes, at + 4, terms.price);
    at = putUint(bytes, at, terms.quantity);
    at = putUint(bytes, at, terms.quoteQuantity);
    at = putUint(bytes, at, terms.stopPrice);
    at = putUint(bytes, at, terms.trailingDelta);
    at = putUint(bytes, at, terms.icebergQuantity);
    at = putUint(bytes, at, terms.goodTillDate);
    at = putUint(bytes, at, listId);
    this.length = putByte(bytes, at, stage);
    this.count++;
  }

  trade(
    market: Uint8Array,
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
    const bytes = this.#room(market);
    let at = putByte(bytes, this.length, TRADE);
    at = putText(bytes, at, market);
    at = putUint(bytes, at, tradeId);
    at = putUint(bytes, at, price);
    at = putUint(bytes, at, quantity);
    at = putUint(bytes, at, quote);
    at = putByte(bytes, at, takerSide);
    at = putUint(bytes, at, makerOrderId);
    at = putUint(bytes, at, takerOrderId);
    at = putUint(bytes, at, makerAccount);
    at = putUint(bytes, at, takerAccount);
    at = putUint(bytes, at, makerFee);
    at = putUint(bytes, at, takerFee);
    at = putByte(bytes, at, makerFilled ? 1 : 0);
    at = putByte(bytes, at, takerFilled ? 1 : 0);
    this.length = at;
    this.count++;
  }

  orderCanceled(orderId: number, account: number, market: Uint8Array): void {
    this.#aboutOrder(ORDER_CANCELED, orderId, account, market);
  }

  orderExpired(orderId: number, account: number, market: Uint8Array, reason: number): void {
    this.#aboutOrder(ORDER_EXPIRED, orderId, account, market);
    this.length = putByte(this.bytes, this.length, reason);
  }

  orderActivated(orderId: number, account: number, market: Uint8Array): void {
    this.#aboutOrder(ORDER_ACTIVATED, orderId, account, market);
  }

  orderTriggered(orderId: number, account: number, market: Uint8Array): void {
    this.#aboutOrder(ORDER_TRIGGERED, orderId, account, market);
  }

  balanceChanged(account: number, asset: Uint8Array, free: number, locked: number): void {
    const bytes = this.#room(asset);
    let at = putByte(bytes, this.length, BALANCE_CHANGED);
    at = putUint(bytes, at, account);
    at = putText(bytes, at, asset);
    at = putUint(bytes, at, free);
    at = putUint(bytes, at, locked);
    this.length = at;
    this.count++;
  }

  levelChanged(market: Uint8Array, side: number, price: number, quantity: number, updateId: number): void {
    const bytes = this.#room(market);
    let at = putByte(bytes, this.length, LEVEL_CHANGED);
    at = putText(bytes, at, market);
    at = putByte(bytes, at, side);
    at = putUint(bytes, at, price);
    at = putUint(bytes, at, quantity);
    at = putUint(bytes, at, updateId);
    this.length = at;
    this.count++;
  }

  #aboutOrder(tag: number, orderId: number, account: number, market: Uint8Array): void {
    const bytes = this.#room(market);
    let at = putByte(bytes, this.length, tag);
    at = putUint(bytes, at, orderId);
    at = putUint(bytes, at, account);
    at = putText(bytes, at, market);
    this.length = at;
    this.count++;
  }

  /** Memory with room for any one event with a text so long, from `length` on. */
  #room(text: Uint8Array): Uint8Array {
    this.#reserve(ROOM + text.length);
    return this.bytes;
  }

  #reserve(count: number): void {
    if (this.length + count > this.bytes.length) {
      this.bytes = grown(this.bytes, Math.max(2 * this.bytes.length, this.length + count));
    }
  }
}

// Each puts a value at a place and returns the place after it.

function putByte(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value;
  return at + 1;
}

function putText(bytes: Uint8Array, at: number, encoded: Uint8Array): number {
  return putBytes(bytes, at, encoded, 0, encoded.length);
}
