import { useEffect, useState } from "react";
import { AccountDialogs } from "./parts/account/account-dialogs.tsx";
import { Wallet } from "./parts/account/wallet.tsx";
import { OrderBook } from "./parts/book/order-book.tsx";
import { CandleChart } from "./parts/chart/candle-chart.tsx";
import { MarketList } from "./parts/market/market-list.tsx";
import { MarketStrip } from "./parts/market/market-strip.tsx";
import { TradeTape } from "./parts/market/trade-tape.tsx";
import { Notices } from "./parts/notices.tsx";
import { OrdersPanel } from "./parts/orders/orders-panel.tsx";
import type { PartProps } from "./parts/part-props.ts";
import { Banners } from "./parts/regions/banners.tsx";
import { OrderTicket } from "./parts/ticket/order-ticket.tsx";
import { TopBar } from "./parts/top-bar.tsx";
import { isOpen } from "./state/orders.ts";
import { useStore } from "./state/store.ts";

const VIEWS = ["Chart", "Book", "Trade", "Orders", "Wallet"] as const;
type View = (typeof VIEWS)[number];

/** The page: a grid on a wide screen, one view at a time on a narrow one. */
export function App({ store, exchange }: PartProps) {
  const [view, setView] = useState<View>("Chart");
  const symbol = useStore(store, (state) => state.symbol);
  const picked = useStore(store, (state) => state.picked);
  const connection = useStore(store, (state) => state.connection.state);
  const open = useStore(store, (state) => state.orders?.filter(isOpen).length ?? 0);
  useEffect(() => {
    if (picked !== undefined) setView("Trade");
  }, [picked]);
  const parts = { store, exchange };
  return (
    <>
      <a className="skip" href="#ticket">
        Skip to the order ticket
      </a>
      <TopBar {...parts} />
      <Banners store={store} />
      <MarketStrip {...parts} />
      <nav className="views" aria-label="Views">
        {VIEWS.map((name) => (
          <button key={name} type="button" aria-pressed={view === name} onClick={() => setView(name)}>
            {name}
            {name === "Orders" && open > 0 && <b className="count">{open}</b>}
          </button>
        ))}
      </nav>
      <main className="desk" data-view={view} data-connection={connection}>
        <MarketList {...parts} />
        <CandleChart key={symbol} {...parts} />
        <OrderBook {...parts} />
        <TradeTape {...parts} />
        <OrderTicket {...parts} />
        <OrdersPanel {...parts} />
        <Wallet {...parts} />
      </main>
      <AccountDialogs {...parts} />
      <Notices store={store} />
    </>
  );
}
