import { isZero } from "../../money/decimal.ts";
import { isOpen } from "../../state/orders.ts";
import type { ListKind, OrderItem } from "../../state/types.ts";
import { isWaiting } from "./order-words.ts";
import { statusWords } from "./status-words.ts";

interface OrderStatusProps {
  readonly order: OrderItem;
  /** What its order list is, if it is of one that is known. */
  readonly list: ListKind | undefined;
}

/** An order's status, and what else there is to know of it at a glance. */
export function OrderStatus({ order, list }: OrderStatusProps) {
  return (
    <>
      <span className={`status ${order.status}`}>{statusWords(order.status)}</span>
      <span className="badges">
        {isWaiting(order) && <span className="badge">waiting for trigger</span>}
        {isOpen(order) && !isZero(order.icebergQty) && <span className="badge">iceberg</span>}
        {order.orderListId !== -1 && (
          <span className="badge" title={`Order list ${order.orderListId}`}>
            <span>{list ?? "List"}</span> {order.orderListId}
          </span>
        )}
        {order.provisional && <span className="badge provisional">provisional</span>}
      </span>
    </>
  );
}
