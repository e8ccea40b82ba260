import { isAlgo, isMarketType, type OrderType } from "#shared/domain/order.ts";
import { isZero, textOf, unitsOf, wireUnits } from "../../money/decimal.ts";
import { isOpen } from "../../state/orders.ts";
import type { OrderRequest } from "../../state/place-order.ts";
import type { OrderItem } from "../../state/types.ts";
import { orderTypeOf } from "./order-words.ts";

/** What stands in the fields of a change. */
export interface ChangeDraft {
  readonly price: string;
  readonly stopPrice: string;
  /** Of the whole order, what is filled included. */
  readonly quantity: string;
}

/** A change of an open order: in place, or by canceling it and placing another. */
export type OrderChange =
  | { readonly kind: "none" }
  | { readonly kind: "amend"; readonly quantity: string }
  | { readonly kind: "replace"; readonly request: OrderRequest };

/** An order of a list cannot be changed: the exchange does not amend it, and replacing it would end the list. */
export function canChange(order: OrderItem): boolean {
  return isOpen(order) && order.orderListId === -1 && order.status !== "QUEUED";
}

/** True for an order whose trigger is still to come. */
export function hasStop(order: OrderItem): boolean {
  const type = orderTypeOf(order);
  return type !== undefined && isAlgo(type) && !order.isWorking && !isZero(order.stopPrice);
}

/** A lower quantity alone is an amendment, which keeps the place in the queue; anything else is another order. */
export function changeOf(order: OrderItem, draft: ChangeDraft): OrderChange {
  const isSame = (text: string, known: string) => unitsOf(text) === wireUnits(known);
  const samePrices =
    (isZero(order.price) || isSame(draft.price, order.price)) &&
    (!hasStop(order) || isSame(draft.stopPrice, order.stopPrice));
  const quantity = unitsOf(draft.quantity);
  const before = wireUnits(order.quantity);
  if (samePrices && quantity === before) return { kind: "none" };
  if (samePrices && quantity !== undefined && quantity < before)
    return { kind: "amend", quantity: draft.quantity.trim() };
  return { kind: "replace", request: replacement(order, draft) };
}

/** What a replacement leaves to be traded; never below zero. */
export function openQuantity(order: OrderItem, quantity: string): string {
  const left = (unitsOf(quantity) ?? 0n) - wireUnits(order.executed) - wireUnits(order.prevented);
  return textOf(left < 0n ? 0n : left, 8);
}

function replacement(order: OrderItem, draft: ChangeDraft): OrderRequest {
  const type = placedType(order);
  const isTold = !isMarketType(type) && (type !== "LIMIT_MAKER" || order.timeInForce === "GTD");
  const isDone = isZero(order.executed) && isZero(order.prevented);
  const quantity = isDone ? draft.quantity.trim() : openQuantity(order, draft.quantity);
  const isTrailing = isAlgo(type) && order.trailingDelta > 0;
  const isIceberg =
    wireUnits(order.icebergQty) > 0n && wireUnits(order.icebergQty) < (unitsOf(quantity) ?? 0n);
  return {
    path: "/api/v3/order/cancelReplace",
    parameters: {
      symbol: order.symbol,
      side: order.side,
      type,
      timeInForce: isTold ? order.timeInForce : undefined,
      quantity,
      price: isMarketType(type) ? undefined : draft.price.trim(),
      stopPrice: hasStop(order) ? draft.stopPrice.trim() : undefined,
      trailingDelta: isTrailing ? order.trailingDelta : undefined,
      icebergQty: isIceberg ? order.icebergQty : undefined,
      goodTillDate: order.timeInForce === "GTD" ? order.goodTillDate : undefined,
      selfTradePreventionMode: order.selfTradePreventionMode,
      cancelReplaceMode: "STOP_ON_FAILURE",
      cancelOrderId: order.orderId,
      // What trades while the change is on its way must not be traded twice.
      cancelRestrictions: isZero(order.executed) ? "ONLY_NEW" : undefined,
    },
  };
}

/** Once it is triggered, an order is what it has become. */
function placedType(order: OrderItem): OrderType {
  const type = orderTypeOf(order) ?? "LIMIT";
  return isAlgo(type) && order.isWorking ? "LIMIT" : type;
}
