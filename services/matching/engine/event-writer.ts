import { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import { encodeEventInto } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Event } from "#shared/domain/event.ts";
import { assert } from "#shared/domain/invariant.ts";
import { grown } from "../flat/slots.ts";

/** More than any one event takes, texts aside. */
const ROOM = 256;

/** Tags of shared/domain/encoding/outcome-encoding.ts: a test holds both against each other. */
const ORDER_ACCEPTED = 1;
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

  /** Begins the events of the next command. */
  clear(): void {
    this.length = 0;
    this.count = 0;
  }

  /** Any event, as an object. */
  event(event: Event): void {
    const writer = new ByteWriter(ROOM);
    encodeEventInto(writer, event);
    const bytes = writer.finish();
    this.#reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
    this.count++;
  }

  /** `texts` are encoded texts: length, then bytes. */
  orderAccepted(
    account: number,
    market: Uint8Array,
    orderId: number,
    clientOrderId: Uint8Array,
    side: number,
    type: number,
    timeInForce: number,
    selfTradePrevention: number,
    price: number,
    quantity: number,
    quoteQuantity: number,
  ): void {
    this.#begin(ORDER_ACCEPTED);
    this.#uint(account);
    this.#text(market);
    this.#uint(orderId);
    this.#text(clientOrderId);
    this.#byte(side);
    this.#byte(type);
    this.#byte(timeInForce);
    this.#byte(selfTradePrevention);
    this.#uint(price);
    this.#uint(quantity);
    this.#uint(quoteQuantity);
  }

  /** The rest of `orderAccepted`. */
  orderAcceptedOptions(
    stopPrice: number,
    trailingDelta: number,
    icebergQuantity: number,
    goodTillDate: number,
    listId: number,
    stage: number,
  ): void {
    this.#uint(stopPrice);
    this.#uint(trailingDelta);
    this.#uint(icebergQuantity);
    this.#uint(goodTillDate);
    this.#uint(listId);
    this.#byte(stage);
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
    this.#begin(TRADE);
    this.#text(market);
    this.#uint(tradeId);
    this.#uint(price);
    this.#uint(quantity);
    this.#uint(quote);
    this.#byte(takerSide);
    this.#uint(makerOrderId);
    this.#uint(takerOrderId);
    this.#uint(makerAccount);
    this.#uint(takerAccount);
    this.#uint(makerFee);
    this.#uint(takerFee);
    this.#byte(makerFilled ? 1 : 0);
    this.#byte(takerFilled ? 1 : 0);
  }

  orderCanceled(orderId: number, account: number, market: Uint8Array): void {
    this.#aboutOrder(ORDER_CANCELED, orderId, account, market);
  }

  orderExpired(orderId: number, account: number, market: Uint8Array, reason: number): void {
    this.#aboutOrder(ORDER_EXPIRED, orderId, account, market);
    this.#byte(reason);
  }

  orderActivated(orderId: number, account: number, market: Uint8Array): void {
    this.#aboutOrder(ORDER_ACTIVATED, orderId, account, market);
  }

  orderTriggered(orderId: number, account: number, market: Uint8Array): void {
    this.#aboutOrder(ORDER_TRIGGERED, orderId, account, market);
  }

  balanceChanged(account: number, asset: Uint8Array, free: number, locked: number): void {
    this.#begin(BALANCE_CHANGED);
    this.#uint(account);
    this.#text(asset);
    this.#uint(free);
    this.#uint(locked);
  }

  levelChanged(market: Uint8Array, side: number, price: number, quantity: number, updateId: number): void {
    this.#begin(LEVEL_CHANGED);
    this.#text(market);
    this.#byte(side);
    this.#uint(price);
    this.#uint(quantity);
    this.#uint(updateId);
  }

  #aboutOrder(tag: number, orderId: number, account: number, market: Uint8Array): void {
    this.#begin(tag);
    this.#uint(orderId);
    this.#uint(account);
    this.#text(market);
  }

  #begin(tag: number): void {
    this.#reserve(ROOM);
    this.bytes[this.length++] = tag;
    this.count++;
  }

  #byte(value: number): void {
    this.bytes[this.length++] = value;
  }

  /** As `ByteWriter.uint`: seven bits a byte, low ones first. */
  #uint(value: number): void {
    const { bytes } = this;
    let at = this.length;
    let rest = value;
    if (value > 0x7fffffff) {
      assert(value <= Number.MAX_SAFE_INTEGER, "what is written is a safe integer");
      const low = value & 0xfffffff;
      bytes[at] = low | 0x80;
      bytes[at + 1] = (low >>> 7) | 0x80;
      bytes[at + 2] = (low >>> 14) | 0x80;
      bytes[at + 3] = (low >>> 21) | 0x80;
      at += 4;
      rest = (value - low) / 0x10000000;
    }
    rest |= 0;
    while (rest >= 0x80) {
      bytes[at++] = rest | 0x80;
      rest >>>= 7;
    }
    bytes[at] = rest;
    this.length = at + 1;
  }

  #text(encoded: Uint8Array): void {
    const { bytes } = this;
    const at = this.length;
    const count = encoded.length;
    for (let each = 0; each < count; each++) bytes[at + each] = encoded[each] as number;
    this.length = at + count;
  }

  #reserve(count: number): void {
    if (this.length + count > this.bytes.length) {
      this.bytes = grown(this.bytes, Math.max(2 * this.bytes.length, this.length + count));
    }
  }
}
