import { useEffect, useRef, useState } from "react";
import { isOpen } from "../../state/orders.ts";
import { useStore } from "../../state/store.ts";
import type { OrderItem } from "../../state/types.ts";
import type { PartProps } from "../part-props.ts";
import { OrderTable } from "./order-table.tsx";

/** Open orders, each with its Cancel; one that ends stays for some seconds with its last status. */
export function OpenOrders({ store, exchange }: PartProps) {
  const orders = useStore(store, (state) => state.orders) ?? [];
  const justEnded = useStore(store, (state) => state.justEnded);
  const [canceling, setCanceling] = useState<readonly number[]>([]);
  const box = useRef<HTMLDivElement>(null);
  const hadFocus = useRef(false);

  const cancel = async ({ symbol, orderId }: OrderItem) => {
    hadFocus.current = true;
    setCanceling((now) => [...now, orderId]);
    await exchange.cancel(symbol, orderId);
    setCanceling((now) => now.filter((each) => each !== orderId));
  };
  useEffect(() => {
    // The button that was pressed is gone: the keyboard goes on at the next one.
    if (!hadFocus.current || document.activeElement !== document.body) return;
    hadFocus.current = false;
    const next = box.current?.querySelector<HTMLElement>("button:not(:disabled)");
    (next ?? box.current?.closest<HTMLElement>("[role=tabpanel]"))?.focus();
  });
  return (
    <div ref={box}>
      <OrderTable
        store={store}
        orders={orders.filter((order) => isOpen(order) || justEnded.includes(order.orderId))}
        empty="No open orders."
        action={(order) =>
          isOpen(order) && (
            <button
              type="button"
              className="quiet"
              aria-label={`Cancel order ${order.orderId}`}
              disabled={canceling.includes(order.orderId)}
              onClick={() => cancel(order)}
            >
              {canceling.includes(order.orderId) ? "Canceling …" : "Cancel"}
            </button>
          )
        }
      />
    </div>
  );
}
