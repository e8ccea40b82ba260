import { isAlgo, isMarketType } from "#shared/domain/order.ts";
import { isZero, trimmed } from "../../money/decimal.ts";
import type { ListKind, OrderItem } from "../../state/types.ts";
import { orderTypeOf } from "./order-words.ts";

/**
 * Why an order ended as it did, in words; nothing where its status says all. The exchange tells no reason of an expiry: it follows from what the order was and
 * from how the others of its list stand.
 *
 * @param list what its order list is, if it is of one
 */
export function endWords(order: OrderItem, orders: readonly OrderItem[], list: ListKind | undefined): string {
  const prevented = isZero(order.prevented)
    ? ""
    : `${trimmed(order.prevented)} kept from trading with yourself`;
  const reason = order.status === "EXPIRED" ? expiryWords(order, orders, list) : "";
  return [prevented, reason].filter((part) => part !== "").join("; ");
}

function expiryWords(order: OrderItem, orders: readonly OrderItem[], list: ListKind | undefined): string {
  const members = orders
    .filter(({ symbol, orderListId }) => symbol === order.symbol && orderListId === order.orderListId)
    .sort((a, b) => a.orderId - b.orderId);
  // The first order of an OTO and OTOCO has the lowest id; it is nobody's partner.
  const first = list === "OTO" || list === "OTOCO" ? members[0] : undefined;
  const isOfPair = list === "OCO" || (list === "OTOCO" && first?.orderId !== order.orderId);
  const partner = members.find((other) => other.orderId !== order.orderId && other !== first);
  if (isOfPair && isZero(order.executed) && partner !== undefined && hasMoved(partner))
    return "the other order of its list traded or was triggered";
  if (order.goodTillDate > 0 && order.goodTillDate <= Date.now()) return "its date came";
  if (first !== undefined && first.orderId !== order.orderId && !order.isWorking)
    return first.status === "FILLED"
      ? "could not be placed when its turn came: it would have traded at once, or the funds were short"
      : "the first order of its list was not filled";
  const type = orderTypeOf(order);
  if (order.timeInForce === "FOK") return "could not be filled whole at once";
  if (order.timeInForce === "IOC" || (type !== undefined && isMarketType(type)))
    return isZero(order.executed) ? "nothing to trade with at once" : "the rest found nothing to trade with";
  return "";
}

/** True for an order that traded or was triggered. */
function hasMoved(order: OrderItem): boolean {
  const type = orderTypeOf(order);
  return !isZero(order.executed) || (type !== undefined && isAlgo(type) && order.isWorking);
}
