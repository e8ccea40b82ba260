import { useEffect, useState } from "react";
import { CandleChart } from "./parts/candle-chart.tsx";
import { MarketList } from "./parts/market-list.tsx";
import { Notices } from "./parts/notices.tsx";
import { OrderBook } from "./parts/order-book.tsx";
import { OrderTicket } from "./parts/order-ticket.tsx";
import { OrdersPanel } from "./parts/orders-panel.tsx";
import { TopBar } from "./parts/top-bar.tsx";
import { TradeTape } from "./parts/trade-tape.tsx";
import { Wallet } from "./parts/wallet.tsx";
import type { Exchange } from "./state/exchange.ts";
import { type Store, useStore } from "./state/store.ts";

/** What every part of the page gets. */
export interface PartProps {
  readonly store: Store;
  readonly exchange: Exchange;
}

const VIEWS = ["Chart", "Book", "Trade", "Orders", "Wallet"] as const;
type View = (typeof VIEWS)[number];

/** The page: a grid on a wide screen, one view at a time on a narrow one. */
export function App({ store, exchange }: PartProps) {
  const [view, setView] = useState<View>("Chart");
  const picked = useStore(store, (state) => state.picked);
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
      <nav className="views" aria-label="Views">
        {VIEWS.map((name) => (
          <button key={name} type="button" aria-pressed={view === name} onClick={() => setView(name)}>
            {name}
          </button>
        ))}
      </nav>
      <main className="desk" data-view={view}>
        <MarketList {...parts} />
        <CandleChart {...parts} />
        <OrderBook {...parts} />
        <TradeTape {...parts} />
        <OrderTicket {...parts} />
        <OrdersPanel {...parts} />
        <Wallet {...parts} />
      </main>
      <Notices store={store} />
    </>
  );
}
