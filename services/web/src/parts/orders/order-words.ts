import { isAlgo, ORDER_TYPES, type OrderType, triggersUpward } from "#shared/domain/order.ts";
import { isZero, trimmed } from "../../money/decimal.ts";
import type { OrderItem } from "../../state/types.ts";
import { percentOf } from "../ticket/trailing.ts";
import { TYPE_WORDS } from "../ticket/words.ts";
import { timeText } from "../time-text.ts";

/** The type of an order; `undefined` for one that this page does not know. */
export function orderTypeOf({ type }: OrderItem): OrderType | undefined {
  return ORDER_TYPES.find((known) => known === type);
}

/** The type as the page writes it, with a time in force that is not the usual one. */
export function typeWords(order: OrderItem): string {
  const type = orderTypeOf(order);
  if (type === undefined) return order.type;
  const isTold = order.timeInForce === "IOC" || order.timeInForce === "FOK";
  return isTold && !isZero(order.price) ? `${TYPE_WORDS[type]} ${order.timeInForce}` : TYPE_WORDS[type];
}

/** True for an order that waits for its trigger. */
export function isWaiting(order: OrderItem): boolean {
  const type = orderTypeOf(order);
  return type !== undefined && isAlgo(type) && order.status === "NEW" && !order.isWorking;
}

/** What only some orders have: trigger, trailing, the part that is seen, the date. */
export function detailWords(order: OrderItem, priceText: (price: string) => string, now: number): string {
  const type = orderTypeOf(order);
  const sign = type !== undefined && triggersUpward(type, order.side) ? "≥" : "≤";
  return (
    [
      isZero(order.stopPrice) ? "" : `stop ${sign} ${priceText(order.stopPrice)}`,
      order.trailingDelta === 0 ? "" : `trails ${percentOf(order.trailingDelta)} %`,
      isZero(order.icebergQty) ? "" : `shows ${trimmed(order.icebergQty)}`,
      order.goodTillDate === 0 ? "" : `until ${timeText(order.goodTillDate, now)}`,
    ]
      .filter((part) => part !== "")
      // A line ends between two of them, not within one.
      .map((part) => part.replaceAll(" ", "\u00a0"))
      .join(" · ")
  );
}
