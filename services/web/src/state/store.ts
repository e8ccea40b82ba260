import { useSyncExternalStore } from "react";
import type { TickerMessage, WireLevel } from "#shared/protocol/socket.ts";
import type {
  BalanceRow,
  Connection,
  FillItem,
  Notice,
  OrderItem,
  Session,
  SymbolInfo,
  TapeItem,
} from "./types.ts";

/** Everything that the page shows. Replaced as a whole, never changed in place. */
export interface PageState {
  readonly session: Session | undefined | "unknown";
  readonly symbols: readonly SymbolInfo[];
  readonly symbol: string;
  readonly tickers: Readonly<Record<string, TickerMessage>>;
  readonly bids: readonly WireLevel[];
  readonly asks: readonly WireLevel[];
  readonly tape: readonly TapeItem[];
  readonly connection: Connection;
  readonly balances: readonly BalanceRow[];
  /** Open and lately ended orders of all markets, newest first. */
  readonly orders: readonly OrderItem[];
  readonly fills: readonly FillItem[];
  readonly notices: readonly Notice[];
  /** A price that was clicked in the book, for the ticket; the number makes each click count. */
  readonly picked:
    | { readonly price: string; readonly side: "BUY" | "SELL"; readonly click: number }
    | undefined;
}

const START: PageState = {
  session: "unknown",
  symbols: [],
  symbol: "BTCUSDT",
  tickers: {},
  bids: [],
  asks: [],
  tape: [],
  connection: { state: "connecting", roundTripMs: undefined },
  balances: [],
  orders: [],
  fills: [],
  notices: [],
  picked: undefined,
};

/** Holds the page's state and tells who watches it. */
export class Store {
  #state = START;
  readonly #watchers = new Set<() => void>();
  #noticeId = 0;

  readonly get = (): PageState => this.#state;

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  set(change: Partial<PageState>): void {
    this.#state = { ...this.#state, ...change };
    for (const watcher of this.#watchers) watcher();
  }

  /** Tells the user something for a few seconds. */
  notify(tone: Notice["tone"], text: string): void {
    this.#noticeId++;
    const notice = { id: this.#noticeId, tone, text };
    this.set({ notices: [...this.#state.notices.slice(-3), notice] });
    setTimeout(() => this.set({ notices: this.#state.notices.filter(({ id }) => id !== notice.id) }), 6000);
  }
}

/** One part of the state; the component renders again when that part changes. */
export function useStore<T>(store: Store, select: (state: PageState) => T): T {
  return useSyncExternalStore(store.watch, () => select(store.get()));
}
