import { useEffect, useRef, useState } from "react";
import { isOpen } from "../../state/orders.ts";
import { useStore } from "../../state/store.ts";
import type { OrderItem } from "../../state/types.ts";
import type { PartProps } from "../part-props.ts";
import { ChangeDialog } from "./change-dialog.tsx";
import { canChange } from "./order-change.ts";
import { OrderTable } from "./order-table.tsx";

/** Open orders, each with what can be done with it; one that ends stays for some seconds with its last status. */
export function OpenOrders({ store, exchange }: PartProps) {
  const orders = useStore(store, (state) => state.orders) ?? [];
  const symbols = useStore(store, (state) => state.symbols);
  const listKinds = useStore(store, (state) => state.listKinds);
  const justEnded = useStore(store, (state) => state.justEnded);
  const [canceling, setCanceling] = useState<readonly number[]>([]);
  const [changing, setChanging] = useState<number>();
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
    const next = box.current?.querySelector<HTMLElement>("button.cancel:not(:disabled)");
    (next ?? box.current?.closest<HTMLElement>("[role=tabpanel]"))?.focus();
  });
  const changed = orders.find((order) => order.orderId === changing);
  const info = symbols.find(({ symbol }) => symbol === changed?.symbol);
  const actions = (order: OrderItem) => {
    const isOfList = order.orderListId !== -1;
    const list = listKinds[order.orderListId] ?? "list";
    const words = isOfList ? `Cancel ${list}` : "Cancel";
    const label = isOfList
      ? `Cancel order ${order.orderId} and the whole ${list} that it is part of`
      : `Cancel order ${order.orderId}`;
    const isCanceling = canceling.includes(order.orderId);
    return (
      <>
        {canChange(order) && (
          <button
            type="button"
            className="quiet"
            aria-label={`Change order ${order.orderId}`}
            onClick={() => setChanging(order.orderId)}
          >
            Change
          </button>
        )}
        <button
          type="button"
          className="quiet cancel"
          aria-label={label}
          title={isOfList ? "Cancels every order of the list" : undefined}
          disabled={isCanceling}
          onClick={() => cancel(order)}
        >
          {isCanceling ? "Canceling …" : words}
        </button>
      </>
    );
  };
  return (
    <div ref={box}>
      <OrderTable
        store={store}
        orders={orders.filter((order) => isOpen(order) || justEnded.includes(order.orderId))}
        empty="No open orders."
        action={(order) => isOpen(order) && actions(order)}
      />
      {changed !== undefined && info !== undefined && (
        <ChangeDialog {...{ store, exchange, info }} order={changed} onClose={() => setChanging(undefined)} />
      )}
    </div>
  );
}
