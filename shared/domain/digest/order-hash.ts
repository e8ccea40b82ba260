import { type OpenOrder, ORDER_TYPES, SELF_TRADE_PREVENTIONS, SIDES, TIMES_IN_FORCE } from "../order.ts";
import type { FieldHash } from "./field-hash.ts";

/** The field numbers of an open order in its hash. */
export const ORDER_FIELD = {
  orderId: 0,
  account: 1,
  market: 2,
  clientOrderId: 3,
  words: 4,
  price: 5,
  quantity: 6,
  stopPrice: 7,
  trailingDelta: 8,
  icebergQuantity: 9,
  goodTillDate: 10,
  listId: 11,
  executed: 12,
  executedQuote: 13,
  prevented: 14,
  visible: 15,
  priority: 16,
  extreme: 17,
  lockPrice: 18,
  locked: 19,
  time: 20,
  workingTime: 21,
} as const;

/** The four words of an order (side, type, timeInForce, self-trade prevention) as one number, by their places in their lists. */
export function packedWords(side: number, type: number, timeInForce: number, prevention: number): number {
  return side | (type << 4) | (timeInForce << 8) | (prevention << 12);
}

/** All fields of an open order; the texts as their hashes. */
export function hashOrder(
  hash: FieldHash,
  order: OpenOrder,
  marketWord: number,
  clientOrderIdWord: number,
): void {
  hash.number(ORDER_FIELD.orderId, order.orderId);
  hash.number(ORDER_FIELD.account, order.account);
  hash.word(2 * ORDER_FIELD.market, marketWord);
  hash.word(2 * ORDER_FIELD.clientOrderId, clientOrderIdWord);
  hash.word(
    2 * ORDER_FIELD.words,
    packedWords(
      SIDES.indexOf(order.side),
      ORDER_TYPES.indexOf(order.type),
      TIMES_IN_FORCE.indexOf(order.timeInForce),
      SELF_TRADE_PREVENTIONS.indexOf(order.selfTradePrevention),
    ),
  );
  hash.number(ORDER_FIELD.price, order.price);
  hash.number(ORDER_FIELD.quantity, order.quantity);
  hash.number(ORDER_FIELD.stopPrice, order.stopPrice);
  hash.number(ORDER_FIELD.trailingDelta, order.trailingDelta);
  hash.number(ORDER_FIELD.icebergQuantity, order.icebergQuantity);
  hash.number(ORDER_FIELD.goodTillDate, order.goodTillDate);
  hash.number(ORDER_FIELD.listId, order.listId);
  hash.number(ORDER_FIELD.executed, order.executed);
  hash.number(ORDER_FIELD.executedQuote, order.executedQuote);
  hash.number(ORDER_FIELD.prevented, order.prevented);
  hash.number(ORDER_FIELD.visible, order.visible);
  hash.number(ORDER_FIELD.priority, order.priority);
  hash.number(ORDER_FIELD.extreme, order.extreme);
  hash.number(ORDER_FIELD.lockPrice, order.lockPrice);
  hash.number(ORDER_FIELD.locked, order.locked);
  hash.number(ORDER_FIELD.time, order.time);
  hash.number(ORDER_FIELD.workingTime, order.workingTime);
}
