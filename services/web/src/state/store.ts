import { useSyncExternalStore } from "react";
import type {
  ReconciliationMessage,
  WireAccountAdjustment,
  WireReconciliation,
} from "#shared/protocol/reconciliation-messages.ts";
import type { RegionStatusMessage, WireTransfer } from "#shared/protocol/region-messages.ts";
import type { ShardBalance, TickerMessage } from "#shared/protocol/socket.ts";
import type {
  BalanceRow,
  Book,
  ConnectionState,
  DialogName,
  FillItem,
  ListKind,
  Notice,
  OrderItem,
  PickedLevel,
  Session,
  SymbolInfo,
  TapeItem,
} from "./types.ts";

/** Everything that the page shows. Replaced as a whole, never changed in place. `undefined` where it is still loading. */
export interface PageState {
  readonly session: Session | undefined | "unknown";
  /** Empty while it is loading. */
  readonly symbols: readonly SymbolInfo[];
  readonly symbol: string;
  readonly tickers: Readonly<Record<string, TickerMessage>>;
  readonly book: Book | undefined;
  readonly tape: readonly TapeItem[] | undefined;
  readonly connection: ConnectionState;
  /** Sums over the shards. */
  readonly balances: readonly BalanceRow[] | undefined;
  readonly shardBalances: readonly ShardBalance[];
  /** On their way between shards. */
  readonly transfers: readonly WireTransfer[];
  /** Open and lately ended orders of all markets, newest first. */
  readonly orders: readonly OrderItem[] | undefined;
  /** By order list id, as far as it is known. */
  readonly listKinds: Readonly<Record<number, ListKind>>;
  /** Orders that ended a moment ago, before the user's eyes: still listed with the open ones. */
  readonly justEnded: readonly number[];
  readonly fills: readonly FillItem[] | undefined;
  /** How the Regions stand; `undefined` before the first word of it. */
  readonly standing: RegionStatusMessage | undefined;
  /** Forks that are replayed or were, newest first. */
  readonly reconciliations: readonly ReconciliationMessage[];
  /** Those of them that concern the user, with what became of what is the user's own. */
  readonly details: readonly WireReconciliation[];
  readonly adjustments: readonly WireAccountAdjustment[];
  /** Orders that were not accepted within a second, and are not yet. */
  readonly lateOrders: number;
  readonly notices: readonly Notice[];
  readonly picked: PickedLevel | undefined;
  readonly dialog: DialogName | undefined;
}

const NOTICE_MS = 6000;
const NOTICES = 3;

/** Nothing of an account. */
export const SIGNED_OUT = {
  session: undefined,
  balances: undefined,
  shardBalances: [],
  transfers: [],
  orders: undefined,
  fills: undefined,
  listKinds: {},
  justEnded: [],
  details: [],
  adjustments: [],
} as const;

const START: PageState = {
  ...SIGNED_OUT,
  session: "unknown",
  symbols: [],
  symbol: "BTCUSDT",
  tickers: {},
  book: undefined,
  tape: undefined,
  connection: { state: "connecting", roundTripMs: undefined },
  standing: undefined,
  reconciliations: [],
  lateOrders: 0,
  notices: [],
  picked: undefined,
  dialog: undefined,
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

  /** Tells the user something for a few seconds; what was told about the same thing before gives way. */
  notify(tone: Notice["tone"], text: string, about?: string): void {
    this.#noticeId++;
    const notice = { id: this.#noticeId, about, tone, text };
    const others = this.#state.notices.filter((each) => about === undefined || each.about !== about);
    this.set({ notices: [...others.slice(1 - NOTICES), notice] });
    setTimeout(
      () => this.set({ notices: this.#state.notices.filter(({ id }) => id !== notice.id) }),
      NOTICE_MS,
    );
  }
}

/** One part of the state; the component renders again when that part changes. */
export function useStore<T>(store: Store, select: (state: PageState) => T): T {
  return useSyncExternalStore(store.watch, () => select(store.get()));
}

/** The market that is shown; `undefined` while the markets are loading. */
export function useMarket(store: Store): SymbolInfo | undefined {
  return useStore(store, ({ symbols, symbol }) => symbols.find((each) => each.symbol === symbol));
}

/** The signed-in user; `undefined` while nobody is, or while that is not known yet. */
export function useSession(store: Store): Session | undefined {
  return useStore(store, ({ session }) => (session === "unknown" ? undefined : session));
}
