import { DepthBook } from "#shared/protocol/depth-book.ts";
import { FeedClient } from "#shared/protocol/feed-client.ts";
import type { DepthMessage, KlineMessage, SubscribeRequest, TradeMessage } from "#shared/protocol/socket.ts";
import { callApi } from "./api.ts";
import type { PageSocket } from "./connection.ts";
import { isUndone } from "./provisional.ts";
import type { Store } from "./store.ts";
import type { TapeItem } from "./types.ts";
import { untilAnswered } from "./until-answered.ts";

const BOOK_LEVELS = 200;
const TAPE_LENGTH = 60;

type KlineListener = (kline: KlineMessage) => void;

interface RestTrade {
  readonly id: number;
  readonly price: string;
  readonly qty: string;
  readonly time: number;
  readonly isBuyerMaker: boolean;
}

/** Book, tape and candles of the shown market and the tickers of all, followed and repaired as the protocol says. */
export class MarketFeed {
  readonly #store: Store;
  readonly #socket: PageSocket;
  #trades = new FeedClient("");
  #book = new DepthBook();
  #interval = "1m";
  readonly #klineListeners = new Set<KlineListener>();

  constructor(store: Store, socket: PageSocket) {
    this.#store = store;
    this.#socket = socket;
    socket.on("depth", (message) => this.#takeDepth(message));
    socket.on("trade", (message) => this.#takeTrade(message));
    socket.on("rewound", (rewound) => {
      const { symbol, tape } = this.#store.get();
      if (rewound.feed !== symbol || !this.#trades.rewound(rewound)) return;
      // What was told behind it is undone: the newest trades are taken anew.
      this.#store.set({ tape: tape?.filter((item) => item.place !== undefined && !isUndone(item, rewound)) });
      void this.#loadTape(symbol);
    });
    socket.on("ticker", (message) => {
      this.#store.set({ tickers: { ...this.#store.get().tickers, [message.symbol]: message } });
    });
    socket.on("kline", (message) => {
      if (message.symbol !== this.#store.get().symbol || message.interval !== this.#interval) return;
      for (const listener of this.#klineListeners) listener(message);
    });
  }

  /** Subscribes to everything anew: after each handshake. */
  follow(): void {
    this.#followMarket();
    this.followTickers();
  }

  /** Subscribes to the ticker of every market that is known. */
  followTickers(): void {
    for (const { symbol } of this.#store.get().symbols) this.#subscribe({ symbol, channels: ["ticker"] });
  }

  /** Shows another market. */
  show(symbol: string): void {
    const { symbol: before } = this.#store.get();
    if (symbol === before) return;
    this.#unsubscribe({
      symbol: before,
      channels: ["trade", "depth", "kline"],
      interval: this.#interval,
    });
    this.#store.set({ symbol, book: undefined, tape: undefined, picked: undefined });
    this.#followMarket();
  }

  /** Follows the candles of an interval of the shown market; the answer ends it. */
  followKlines(interval: string, listener: KlineListener): () => void {
    this.#klineListeners.add(listener);
    if (interval !== this.#interval) {
      const { symbol } = this.#store.get();
      this.#unsubscribe({ symbol, channels: ["kline"], interval: this.#interval });
      this.#interval = interval;
      this.#subscribe({ symbol, channels: ["kline"], interval });
    }
    return () => this.#klineListeners.delete(listener);
  }

  #followMarket(): void {
    const { symbol } = this.#store.get();
    this.#book = new DepthBook();
    this.#trades = new FeedClient(symbol);
    this.#trades.startFresh();
    this.#subscribe({ symbol, channels: ["depth", "trade", "kline"], interval: this.#interval });
    void this.#loadTape(symbol);
  }

  /** Not connected: `follow` does it when the connection stands. */
  #subscribe(request: SubscribeRequest): void {
    if (this.#socket.connected) this.#socket.emit("subscribe", request, () => {});
  }

  #unsubscribe(request: SubscribeRequest): void {
    if (this.#socket.connected) this.#socket.emit("unsubscribe", request, () => {});
  }

  async #loadTape(symbol: string): Promise<void> {
    const load = () => callApi<RestTrade[]>("GET", "/api/v3/trades", { symbol, limit: TAPE_LENGTH });
    const trades = await untilAnswered(load).catch((failure: Error) => {
      this.#store.notify("bad", failure.message);
      return [];
    });
    const { symbol: shown, tape } = this.#store.get();
    if (shown !== symbol) return;
    const known = new Map<number, TapeItem>();
    for (const { id, price, qty, time, isBuyerMaker } of trades)
      known.set(id, { id, price, quantity: qty, time, isBuyerMaker, provisional: false });
    for (const item of tape ?? []) known.set(item.id, item);
    this.#store.set({ tape: [...known.values()].sort((a, b) => b.id - a.id).slice(0, TAPE_LENGTH) });
  }

  #takeDepth(message: DepthMessage): void {
    const { symbol } = this.#store.get();
    if (message.symbol !== symbol) return;
    const verdict = this.#book.receive(message);
    if (verdict === "gap") this.#subscribe({ symbol, channels: ["depth"] });
    if (verdict !== "apply") return;
    this.#store.set({
      book: { bids: this.#book.levels("bids", BOOK_LEVELS), asks: this.#book.levels("asks", BOOK_LEVELS) },
    });
  }

  #takeTrade(message: TradeMessage): void {
    const { symbol, tape = [] } = this.#store.get();
    if (message.symbol !== symbol) return;
    const verdict = this.#trades.receive(message);
    if (verdict === "gap") {
      // The tape shows the newest trades only: taking them anew repairs it.
      this.#trades.startFresh();
      void this.#loadTape(symbol);
    }
    if (verdict !== "apply" || tape[0]?.id === message.tradeId) return;
    const { tradeId: id, price, quantity, time, isBuyerMaker, provisional, shard, branch, seq } = message;
    const item = { id, price, quantity, time, isBuyerMaker, provisional, place: { shard, branch, seq } };
    this.#store.set({ tape: [item, ...tape].slice(0, TAPE_LENGTH) });
  }
}
