import { useState } from "react";
import type { PartProps } from "../app.tsx";
import { trimmed } from "../money/decimal.ts";
import { isOpen } from "../state/orders.ts";
import { useStore } from "../state/store.ts";
import type { FillItem, OrderItem } from "../state/types.ts";

const TABS = ["Open orders", "Order history", "Fills"] as const;

const WORDS: Readonly<Record<string, string>> = {
  PARTIALLY_FILLED: "PARTLY FILLED",
  EXPIRED_IN_MATCH: "EXPIRED (SELF-TRADE)",
};

/** The account's orders with their live status, and its fills. */
export function OrdersPanel({ store, exchange }: PartProps) {
  const orders = useStore(store, (state) => state.orders);
  const fills = useStore(store, (state) => state.fills);
  const symbol = useStore(store, (state) => state.symbol);
  const [tab, setTab] = useState<(typeof TABS)[number]>("Open orders");
  const open = orders.filter(isOpen);
  const ended = orders.filter((order) => !isOpen(order));
  const hasOpenHere = open.some((order) => order.symbol === symbol);
  return (
    <section className="panel orders" aria-label="Orders">
      <header>
        <div className="tabs" role="tablist" aria-label="Orders">
          {TABS.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={tab === name}
              onClick={() => setTab(name)}
            >
              {name}
              {name === "Open orders" && open.length > 0 && <b className="count">{open.length}</b>}
            </button>
          ))}
        </div>
        {tab === "Open orders" && hasOpenHere && (
          <button type="button" className="quiet" onClick={() => exchange.cancelAll(symbol)}>
            Cancel all {symbol}
          </button>
        )}
      </header>
      <div className="scroll">
        {tab === "Open orders" && (
          <OrderTable
            orders={open}
            empty="No open orders."
            onCancel={(order) => exchange.cancel(order.symbol, order.orderId)}
          />
        )}
        {tab === "Order history" && <OrderTable orders={ended} empty="No orders yet." />}
        {tab === "Fills" && <FillTable fills={fills} />}
      </div>
    </section>
  );
}

interface OrderTableProps {
  readonly orders: readonly OrderItem[];
  readonly empty: string;
  readonly onCancel?: (order: OrderItem) => void;
}

function OrderTable({ orders, empty, onCancel }: OrderTableProps) {
  if (orders.length === 0) return <p className="empty">{empty}</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Market</th>
          <th scope="col">Side</th>
          <th scope="col">Type</th>
          <th scope="col">Price</th>
          <th scope="col">Quantity</th>
          <th scope="col">Executed</th>
          <th scope="col">Status</th>
          {onCancel !== undefined && <th scope="col">Action</th>}
        </tr>
      </thead>
      <tbody>
        {orders.map((order) => (
          <tr key={order.orderId} data-order={order.orderId}>
            <td className="num soft">{timeText(order.time)}</td>
            <td>{order.symbol}</td>
            <td className={order.side === "BUY" ? "up" : "down"}>{order.side === "BUY" ? "Buy" : "Sell"}</td>
            <td>{order.type === "LIMIT_MAKER" ? "POST ONLY" : order.type}</td>
            <td className="num">{order.type === "MARKET" ? "–" : trimmed(order.price)}</td>
            <td className="num">{trimmed(order.quantity)}</td>
            <td className="num">{trimmed(order.executed)}</td>
            <td>
              <span className={`status ${order.status}`}>{WORDS[order.status] ?? order.status}</span>
              {order.provisional && <span className="status provisional">provisional</span>}
            </td>
            {onCancel !== undefined && (
              <td>
                <button
                  type="button"
                  className="quiet"
                  aria-label={`Cancel order ${order.orderId}`}
                  onClick={() => onCancel(order)}
                >
                  Cancel
                </button>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function FillTable({ fills }: { readonly fills: readonly FillItem[] }) {
  if (fills.length === 0) return <p className="empty">No fills yet.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Market</th>
          <th scope="col">Side</th>
          <th scope="col">Price</th>
          <th scope="col">Quantity</th>
          <th scope="col">Total</th>
          <th scope="col">Fee</th>
          <th scope="col">Role</th>
        </tr>
      </thead>
      <tbody>
        {fills.map((fill) => (
          <tr key={`${fill.symbol} ${fill.id} ${fill.isMaker}`}>
            <td className="num soft">{timeText(fill.time)}</td>
            <td>{fill.symbol}</td>
            <td className={fill.isBuyer ? "up" : "down"}>{fill.isBuyer ? "Buy" : "Sell"}</td>
            <td className="num">{trimmed(fill.price)}</td>
            <td className="num">{trimmed(fill.qty)}</td>
            <td className="num">{trimmed(fill.quoteQty)}</td>
            <td className="num">
              {trimmed(fill.commission)} {fill.commissionAsset}
            </td>
            <td className="soft">{fill.isMaker ? "maker" : "taker"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function timeText(time: number): string {
  return new Date(time).toLocaleTimeString([], { hour12: false });
}
