import { textWord } from "#shared/domain/digest/field-hash.ts";
import {
  ORDER_TYPES,
  type OrderTerms,
  SELF_TRADE_PREVENTIONS,
  SIDES,
  TIMES_IN_FORCE,
} from "#shared/domain/order.ts";
import { MAX_CLIENT_ORDER_ID } from "#shared/domain/rules.ts";
import { WordText } from "../flat/word-text.ts";
import { isClientOrderId } from "./client-order-id-text.ts";

/** Places of the words in their lists, as the engine uses them. */
export const BUY = 0;
export const SELL = 1;

export const LIMIT = ORDER_TYPES.indexOf("LIMIT");
export const MARKET = ORDER_TYPES.indexOf("MARKET");
export const LIMIT_MAKER = ORDER_TYPES.indexOf("LIMIT_MAKER");
export const STOP_LOSS = ORDER_TYPES.indexOf("STOP_LOSS");
export const STOP_LOSS_LIMIT = ORDER_TYPES.indexOf("STOP_LOSS_LIMIT");
export const TAKE_PROFIT = ORDER_TYPES.indexOf("TAKE_PROFIT");

export const GTC = TIMES_IN_FORCE.indexOf("GTC");
export const IOC = TIMES_IN_FORCE.indexOf("IOC");
export const FOK = TIMES_IN_FORCE.indexOf("FOK");
export const GTD = TIMES_IN_FORCE.indexOf("GTD");

export const NONE = SELF_TRADE_PREVENTIONS.indexOf("NONE");
export const EXPIRE_TAKER = SELF_TRADE_PREVENTIONS.indexOf("EXPIRE_TAKER");
export const EXPIRE_MAKER = SELF_TRADE_PREVENTIONS.indexOf("EXPIRE_MAKER");
export const DECREMENT = SELF_TRADE_PREVENTIONS.indexOf("DECREMENT");

/** The terms of an order to be placed, in memory that is used again: `OrderTerms` with numbers for words. */
export class Terms {
  orderId = 0;
  /** The client order id, the hash of its text, and whether it is one at all. */
  readonly clientOrderId = new WordText(1 + MAX_CLIENT_ORDER_ID);
  clientOrderIdWord = 0;
  hasClientOrderId = false;
  side = BUY;
  type = LIMIT;
  timeInForce = GTC;
  selfTradePrevention = NONE;
  price = 0;
  quantity = 0;
  quoteQuantity = 0;
  stopPrice = 0;
  trailingDelta = 0;
  icebergQuantity = 0;
  goodTillDate = 0;

  /** Takes the terms of an object over. */
  load(terms: OrderTerms): void {
    this.orderId = terms.orderId;
    this.clientOrderId.load(terms.clientOrderId);
    this.clientOrderIdWord = textWord(terms.clientOrderId);
    this.hasClientOrderId = isClientOrderId(terms.clientOrderId);
    this.side = SIDES.indexOf(terms.side);
    this.type = ORDER_TYPES.indexOf(terms.type);
    this.timeInForce = TIMES_IN_FORCE.indexOf(terms.timeInForce);
    this.selfTradePrevention = SELF_TRADE_PREVENTIONS.indexOf(terms.selfTradePrevention);
    this.price = terms.price;
    this.quantity = terms.quantity;
    this.quoteQuantity = terms.quoteQuantity;
    this.stopPrice = terms.stopPrice;
    this.trailingDelta = terms.trailingDelta;
    this.icebergQuantity = terms.icebergQuantity;
    this.goodTillDate = terms.goodTillDate;
  }

  /** True if it needs a record of extras once it is open. */
  get hasExtras(): boolean {
    return this.stopPrice > 0 || this.trailingDelta > 0 || this.icebergQuantity > 0 || this.goodTillDate > 0;
  }
}

/** True for the types that take at any price once they work. */
export function isMarket(type: number): boolean {
  return type === MARKET || type === STOP_LOSS || type === TAKE_PROFIT;
}

/** True for the types that wait for a trigger. */
export function isAlgo(type: number): boolean {
  return type >= STOP_LOSS;
}

/** See `triggersUpward` in shared/domain/order.ts. */
export function triggersUpward(type: number, side: number): boolean {
  return (type === STOP_LOSS || type === STOP_LOSS_LIMIT) === (side === BUY);
}
