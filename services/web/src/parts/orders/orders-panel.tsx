import { useState } from "react";
import { isOpen } from "../../state/orders.ts";
import { useSession, useStore } from "../../state/store.ts";
import type { PartProps } from "../part-props.ts";
import { AdjustmentLog } from "../reconciliation/adjustment-log.tsx";
import { Skeleton } from "../skeleton.tsx";
import { FillTable } from "./fill-table.tsx";
import { OpenOrders } from "./open-orders.tsx";
import { OrderTable } from "./order-table.tsx";
import { Tabs } from "./tabs.tsx";

const TABS = ["Open orders", "History", "Fills", "Adjustments"] as const;

/** The account's orders with their live status, and its fills. */
export function OrdersPanel({ store, exchange }: PartProps) {
  const orders = useStore(store, (state) => state.orders);
  const fills = useStore(store, (state) => state.fills);
  const session = useSession(store);
  const [tab, setTab] = useState<(typeof TABS)[number]>("Open orders");
  const open = (orders ?? []).filter(isOpen);
  const isLoading = tab === "Fills" ? fills === undefined : orders === undefined;
  return (
    <section className="panel orders" aria-label="Orders">
      <header>
        <Tabs
          label="Orders"
          names={TABS}
          chosen={tab}
          counts={{ "Open orders": open.length }}
          panelId="orders-panel"
          onChoose={setTab}
        />
        {tab === "Open orders" && <CancelAll {...{ store, exchange }} />}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must take the arrow keys */}
      <div className="scroll" role="tabpanel" id="orders-panel" aria-label={tab} tabIndex={0}>
        {session === undefined && <p className="empty">Sign in to see your orders.</p>}
        {session !== undefined && isLoading && <Skeleton rows={6} what="orders" />}
        {session !== undefined && !isLoading && tab === "Open orders" && (
          <OpenOrders {...{ store, exchange }} />
        )}
        {session !== undefined && !isLoading && tab === "History" && (
          <OrderTable
            store={store}
            orders={(orders ?? []).filter((order) => !isOpen(order))}
            empty="No orders have ended yet."
          />
        )}
        {session !== undefined && !isLoading && tab === "Fills" && (
          <FillTable store={store} fills={fills ?? []} />
        )}
        {session !== undefined && !isLoading && tab === "Adjustments" && (
          <AdjustmentLog {...{ store, exchange }} />
        )}
      </div>
    </section>
  );
}

function CancelAll({ store, exchange }: PartProps) {
  const symbol = useStore(store, (state) => state.symbol);
  const hasOpen = useStore(
    store,
    (state) => state.orders?.some((order) => order.symbol === state.symbol && isOpen(order)) ?? false,
  );
  if (!hasOpen) return null;
  return (
    <button type="button" className="quiet" onClick={() => exchange.cancelAll(symbol)}>
      Cancel all {symbol}
    </button>
  );
}
