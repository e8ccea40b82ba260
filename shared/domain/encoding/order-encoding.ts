import {
  type OpenOrder,
  ORDER_TYPES,
  type OrderTerms,
  SELF_TRADE_PREVENTIONS,
  SIDES,
  TIMES_IN_FORCE,
} from "../order.ts";
import { oneOf, struct, text, uint } from "./codec.ts";

/** The fields of an order's terms, in their order in bytes. */
export const orderTermsFields = {
  orderId: uint<OrderTerms["orderId"]>(),
  clientOrderId: text(),
  side: oneOf(SIDES),
  type: oneOf(ORDER_TYPES),
  timeInForce: oneOf(TIMES_IN_FORCE),
  selfTradePrevention: oneOf(SELF_TRADE_PREVENTIONS),
  price: uint(),
  quantity: uint(),
  quoteQuantity: uint(),
  stopPrice: uint(),
  trailingDelta: uint(),
  icebergQuantity: uint(),
  goodTillDate: uint(),
};

export const orderTermsCodec = struct<OrderTerms>(orderTermsFields);

const { quoteQuantity: _never, ...restingFields } = orderTermsFields;

export const openOrderCodec = struct<OpenOrder>({
  account: uint(),
  market: text(),
  ...restingFields,
  listId: uint(),
  executed: uint(),
  executedQuote: uint(),
  prevented: uint(),
  visible: uint(),
  priority: uint(),
  extreme: uint(),
  lockPrice: uint(),
  locked: uint(),
  time: uint(),
  workingTime: uint(),
});
