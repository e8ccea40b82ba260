import { DepthBook } from "#shared/protocol/depth-book.ts";
import { FeedClient } from "#shared/protocol/feed-client.ts";
import type { DepthMessage, KlineMessage, SubscribeRequest, TradeMessage } from "#shared/protocol/socket.ts";
import { callApi } from "./api.ts";
import type { PageSocket } from "./connection.ts";
import { type BookNow, LEFT_MS, leftLevels, REPLACED_MAX } from "./left-levels.ts";
import type { Store } from "./store.ts";
import {
  type RestTrade,
  rewoundTape,
  TAPE_LENGTH,
  tapeItemOfMessage,
  tapeItemOfRest,
  withTrades,
} from "./tape.ts";
import type { Book, LeftLevel } from "./types.ts";
import { untilAnswered } from "./until-answered.ts";

const BOOK_LEVELS = 200;

type KlineListener = (kline: KlineMessage) => void;

/** Book, tape and candles of the shown market and the tickers of all, followed and repaired as the protocol says. */
export class MarketFeed {
  readonly #store: Store;
  readonly #socket: PageSocket;
  #trades = new FeedClient("");
  #book = new DepthBook();
  /** Books of the shown market that were replaced a moment ago, as they were. */
  #replaced: readonly Book[] = [];
  /** Moments in which something has left. */
  #round = 0;
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
      this.#store.set({ tape: tape && rewoundTape(tape, rewound) });
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
    // What was provisional when the connection was lost may have been undone since; what stands of it is among the newest trades, which are taken anew.
    const { tape } = this.#store.get();
    this.#store.set({
      tape: tape?.filter(({ provisional, verdict }) => verdict !== undefined || !provisional),
    });
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
    this.#replaced = [];
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
    this.#store.set({ tape: withTrades(tape ?? [], trades.map(tapeItemOfRest)) });
  }

  #takeDepth(message: DepthMessage): void {
    const { symbol } = this.#store.get();
    if (message.symbol !== symbol) return;
    const verdict = this.#book.receive(message);
    if (verdict === "gap") this.#subscribe({ symbol, channels: ["depth"] });
    if (verdict !== "apply") return;
    const bids = this.#book.levels("bids", BOOK_LEVELS);
    const asks = this.#book.levels("asks", BOOK_LEVELS);
    this.#store.set({
      book: { bids, asks, left: this.#leftBy(message, { bids, asks, limit: BOOK_LEVELS }) },
    });
  }

  /** What has left the book, with what leaves by this message. */
  #leftBy({ snapshot }: DepthMessage, now: BookNow): readonly LeftLevel[] {
    const { book } = this.#store.get();
    if (book === undefined) return [];
    if (snapshot) {
      this.#replaced = [...this.#replaced, book].slice(-REPLACED_MAX);
      setTimeout(() => {
        this.#replaced = this.#replaced.filter((each) => each !== book);
      }, LEFT_MS);
    }
    if (this.#replaced.length + book.left.length === 0) return book.left;
    const round = this.#round + 1;
    const left = leftLevels(this.#replaced, book.left, now, round);
    if (left.some((level) => level.round === round)) {
      this.#round = round;
      setTimeout(() => this.#dropLeft(round), LEFT_MS);
    }
    return left;
  }

  #dropLeft(round: number): void {
    const { book } = this.#store.get();
    if (book?.left.some((level) => level.round === round) !== true) return;
    this.#store.set({ book: { ...book, left: book.left.filter((level) => level.round !== round) } });
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
    if (verdict === "apply") this.#store.set({ tape: withTrades(tape, [tapeItemOfMessage(message)]) });
  }
}
