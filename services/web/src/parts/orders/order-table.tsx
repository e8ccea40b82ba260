import type { ReactNode } from "react";
import { averageOf, isZero, trimmed } from "../../money/decimal.ts";
import { type Store, useStore } from "../../state/store.ts";
import type { OrderItem } from "../../state/types.ts";
import { usePriceText } from "../price-text.ts";
import { SideCell } from "../side-cell.tsx";
import { TableHead } from "../table-head.tsx";
import { timeText } from "../time-text.ts";
import { endWords } from "./end-words.ts";
import { OrderStatus } from "./order-badges.tsx";
import { detailWords, typeWords } from "./order-words.ts";

interface OrderTableProps {
  readonly store: Store;
  readonly orders: readonly OrderItem[];
  readonly empty: string;
  readonly action?: (order: OrderItem) => ReactNode;
}

const COLUMNS = ["Time", "Market", "Side", "Type", "Price", "Average", "Quantity", "Filled", "Status"];
const NUMERIC = ["Price", "Average", "Quantity", "Filled"];

/** Orders as a table, on a narrow screen as cards. */
export function OrderTable({ store, orders, empty, action }: OrderTableProps) {
  const priceText = usePriceText(store);
  const all = useStore(store, (state) => state.orders) ?? [];
  const listKinds = useStore(store, (state) => state.listKinds);
  if (orders.length === 0) return <p className="empty">{empty}</p>;
  const now = Date.now();
  return (
    <table className="cards">
      <TableHead names={COLUMNS} numeric={NUMERIC} action={action === undefined ? undefined : "Action"} />
      <tbody>
        {orders.map((order) => (
          <tr key={order.orderId} data-order={order.orderId} data-status={order.status}>
            <td className="num soft" data-label="Time">
              {timeText(order.time, now)}
            </td>
            <td data-label="Market">{order.symbol}</td>
            <SideCell side={order.side} label="Side" />
            <td data-label="Type">
              <span>{typeWords(order)}</span>
              <Detail text={detailWords(order, (price) => priceText(order.symbol, price), now)} />
            </td>
            <td className="num" data-label="Price">
              {isZero(order.price) ? "market" : priceText(order.symbol, order.price)}
            </td>
            <td className="num" data-label="Average">
              {isZero(order.executed)
                ? "–"
                : priceText(order.symbol, averageOf(order.executedQuote, order.executed, 8))}
            </td>
            <td className="num" data-label="Quantity">
              {trimmed(order.quantity)}
            </td>
            <td className="num" data-label="Filled">
              {trimmed(order.executed)}
            </td>
            <td data-label="Status">
              <OrderStatus order={order} list={listKinds[order.orderListId]} />
              <Detail text={endWords(order, all, listKinds[order.orderListId])} />
            </td>
            {action !== undefined && <td className="action">{action(order)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Detail({ text }: { readonly text: string }) {
  return text === "" ? null : <small className="detail">{text}</small>;
}
