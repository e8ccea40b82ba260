import { io, type Socket } from "socket.io-client";
import { DepthBook } from "#shared/protocol/depth-book.ts";
import { FeedClient } from "#shared/protocol/feed-client.ts";
import type {
  ClientToServerEvents,
  DepthMessage,
  ErrorAnswer,
  ExecutionReport,
  KlineMessage,
  Place,
  ServerToClientEvents,
  TradeMessage,
  UserState,
} from "#shared/protocol/socket.ts";
import { trimmed } from "../money/decimal.ts";
import { ApiFailure, callApi, callMeridian } from "./api.ts";
import { isOpen, orderOfReport, orderOfRest, type RestOrder, withOrders } from "./orders.ts";
import type { Store } from "./store.ts";
import type { FillItem, Session, SymbolInfo } from "./types.ts";

const BOOK_LEVELS = 200;
const TAPE_LENGTH = 60;
const ECHO_MS = 3000;
const FILLS = 300;

type KlineListener = (kline: KlineMessage) => void;

/** The page's side of the exchange: one socket, followed and repaired as the protocol says, and the calls that act. */
export class Exchange {
  readonly #store: Store;
  readonly #socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  readonly #user = new FeedClient("user");
  #trades = new FeedClient("");
  #book = new DepthBook();
  #interval = "1m";
  readonly #klineListeners = new Set<KlineListener>();

  constructor(store: Store) {
    this.#store = store;
    this.#socket = io({
      autoConnect: false,
      transports: ["websocket", "polling"],
      reconnectionDelayMax: 3000,
    });
    this.#listen();
  }

  /** Loads the markets and who is signed in, then goes live. */
  async start(): Promise<void> {
    const { symbols } = await callApi<{ symbols: RawSymbol[] }>("GET", "/api/v3/exchangeInfo");
    const { markets } = await callMeridian<{ markets: RawMarket[] }>("GET", "/markets");
    this.#store.set({ symbols: symbols.map((symbol) => symbolInfo(symbol, markets)) });
    try {
      this.#store.set({ session: await callMeridian<Session>("GET", "/session") });
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      this.#store.set({ session: undefined });
    }
    this.#socket.connect();
    setInterval(() => this.#echo(), ECHO_MS);
  }

  /** Shows another market. */
  show(symbol: string): void {
    const { symbol: before } = this.#store.get();
    if (symbol === before) return;
    this.#socket.emit(
      "unsubscribe",
      { symbol: before, channels: ["trade", "depth", "kline"], interval: this.#interval },
      () => {},
    );
    this.#store.set({ symbol, bids: [], asks: [], tape: [], picked: undefined });
    if (this.#socket.connected) this.#subscribe();
  }

  /** Follows the candles of an interval of the shown market. */
  followKlines(interval: string, listener: KlineListener): () => void {
    this.#klineListeners.add(listener);
    if (interval !== this.#interval) {
      const { symbol } = this.#store.get();
      this.#socket.emit("unsubscribe", { symbol, channels: ["kline"], interval: this.#interval }, () => {});
      this.#interval = interval;
      this.#socket.emit("subscribe", { symbol, channels: ["kline"], interval }, () => {});
    }
    return () => this.#klineListeners.delete(listener);
  }

  async signIn(kind: "sign-in" | "sign-up", name: string, password: string): Promise<void> {
    const { user, account } = await callMeridian<Session>("POST", `/${kind}`, { name, password });
    this.#store.set({ session: { user, account } });
    this.#reconnect();
  }

  async signOut(): Promise<void> {
    await callMeridian("POST", "/sign-out");
    this.#store.set({ session: undefined, balances: [], orders: [], fills: [] });
    this.#reconnect();
  }

  async takeTestFunds(): Promise<void> {
    await callMeridian("POST", "/faucet", {});
    this.#store.notify("good", "Test funds are in your account.");
  }

  /** Places an order. Throws `ApiFailure`. */
  async place(order: Readonly<Record<string, string | undefined>>): Promise<void> {
    const key = crypto.randomUUID();
    await callApi(
      "POST",
      "/api/v3/order",
      { ...order, newOrderRespType: "RESULT" },
      { "Idempotency-Key": key },
    );
  }

  async cancel(symbol: string, orderId: number): Promise<void> {
    await this.#reportFailure(callApi("DELETE", "/api/v3/order", { symbol, orderId }));
  }

  async cancelAll(symbol: string): Promise<void> {
    await this.#reportFailure(callApi("DELETE", "/api/v3/openOrders", { symbol }));
  }

  async #reportFailure(call: Promise<unknown>): Promise<void> {
    try {
      await call;
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      this.#store.notify("bad", error.message);
    }
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("connect", () => {
      this.#store.set({ connection: { state: "live", roundTripMs: undefined } });
      this.#echo();
      this.#subscribe();
      this.#followUser();
    });
    socket.on("disconnect", () =>
      this.#store.set({ connection: { state: "stale", roundTripMs: undefined } }),
    );
    socket.on("depth", (message) => this.#takeDepth(message));
    socket.on("trade", (message) => this.#takeTrade(message));
    socket.on("ticker", (message) => {
      this.#store.set({ tickers: { ...this.#store.get().tickers, [message.symbol]: message } });
    });
    socket.on("kline", (message) => {
      if (message.symbol !== this.#store.get().symbol || message.interval !== this.#interval) return;
      for (const listener of this.#klineListeners) listener(message);
    });
    socket.on("executionReport", (report) => {
      if (this.#isNext(report)) this.#takeReport(report);
    });
    socket.on("balance", (balance) => {
      if (!this.#isNext(balance)) return;
      const { asset, free, locked } = balance;
      const others = this.#store.get().balances.filter((row) => row.asset !== asset);
      this.#store.set({
        balances: [...others, { asset, free, locked }].sort((a, b) => (a.asset < b.asset ? -1 : 1)),
      });
    });
  }

  /** Signing in or out changes who the socket speaks for: a new handshake. */
  #reconnect(): void {
    this.#user.reconnected();
    this.#socket.disconnect();
    this.#socket.connect();
  }

  #subscribe(): void {
    const { symbol, symbols } = this.#store.get();
    this.#book = new DepthBook();
    this.#trades = new FeedClient(symbol);
    this.#trades.startFresh();
    this.#socket.emit(
      "subscribe",
      { symbol, channels: ["depth", "trade", "kline"], interval: this.#interval },
      () => {},
    );
    for (const each of symbols)
      this.#socket.emit("subscribe", { symbol: each.symbol, channels: ["ticker"] }, () => {});
    void this.#loadTape(symbol);
  }

  async #loadTape(symbol: string): Promise<void> {
    const trades = await callApi<RestTrade[]>("GET", "/api/v3/trades", { symbol, limit: TAPE_LENGTH });
    const { symbol: shown, tape } = this.#store.get();
    if (shown !== symbol) return;
    const known = new Map(tape.map((item) => [item.id, item]));
    for (const { id, price, qty, time, isBuyerMaker } of trades)
      known.set(id, { id, price, quantity: qty, time, isBuyerMaker });
    this.#store.set({ tape: [...known.values()].sort((a, b) => b.id - a.id).slice(0, TAPE_LENGTH) });
  }

  /** The user's feed: from a state at first, from where it stood after a lost connection. */
  #followUser(): void {
    if (this.#store.get().session === undefined) return;
    const request = this.#user.reconnected();
    if (request === undefined) this.#loadState();
    else
      this.#socket.emit("resync", request, (answer) => {
        if ("error" in answer || this.#user.resynced(answer) === "snapshot") this.#loadState();
      });
  }

  #loadState(): void {
    this.#socket.emit("state", (answer: UserState | ErrorAnswer) => {
      if ("error" in answer) return;
      this.#user.startAt(answer.place);
      const ended = this.#store.get().orders.filter((order) => !isOpen(order));
      this.#store.set({
        balances: answer.balances,
        orders: withOrders(ended, answer.openOrders.map(orderOfReport)),
      });
      void this.#loadHistory();
    });
  }

  async #loadHistory(): Promise<void> {
    await Promise.all(
      this.#store.get().symbols.map(async ({ symbol }) => {
        const orders = await callApi<RestOrder[]>("GET", "/api/v3/allOrders", { symbol, limit: 100 });
        const known = new Set(this.#store.get().orders.map(({ orderId }) => orderId));
        const older = orders.map(orderOfRest).filter(({ orderId }) => !known.has(orderId));
        this.#store.set({ orders: withOrders(this.#store.get().orders, older) });
        const fills = await callApi<FillItem[]>("GET", "/api/v3/myTrades", { symbol, limit: 100 });
        this.#addFills(fills);
      }),
    );
  }

  /** True if a message of the user's feed is the next one; a gap is repaired first, and then it comes again. */
  #isNext(place: Place): boolean {
    const verdict = this.#user.receive(place);
    if (verdict === "gap") {
      this.#socket.emit("resync", this.#user.resyncRequest(), (answer) => {
        if ("error" in answer || this.#user.resynced(answer) === "snapshot") this.#loadState();
      });
    }
    return verdict === "apply";
  }

  #takeReport(report: ExecutionReport): void {
    if (report.executionType === "REJECTED") return;
    const order = orderOfReport(report);
    this.#store.set({ orders: withOrders(this.#store.get().orders, [order]) });
    if (report.executionType === "TRADE") {
      this.#addFills([
        {
          symbol: report.symbol,
          id: report.tradeId,
          orderId: report.orderId,
          price: report.lastExecutedPrice,
          qty: report.lastExecutedQuantity,
          quoteQty: report.lastQuoteQuantity,
          commission: report.commissionAmount,
          commissionAsset: report.commissionAsset ?? "",
          time: report.transactionTime,
          isBuyer: report.side === "BUY",
          isMaker: report.isMaker,
        },
      ]);
    }
    const verb = report.side === "BUY" ? "Buy" : "Sell";
    const amount = `${trimmed(order.quantity)} ${report.symbol}`;
    this.#store.notify(order.status === "FILLED" ? "good" : "plain", `${verb} ${amount}: ${order.status}`);
  }

  #addFills(fills: readonly FillItem[]): void {
    const key = ({ symbol, id, isMaker }: FillItem) => `${symbol} ${id} ${isMaker}`;
    const byKey = new Map(this.#store.get().fills.map((fill) => [key(fill), fill]));
    for (const fill of fills) byKey.set(key(fill), fill);
    const newest = [...byKey.values()].sort((a, b) => b.time - a.time || b.id - a.id);
    this.#store.set({ fills: newest.slice(0, FILLS) });
  }

  #takeDepth(message: DepthMessage): void {
    const { symbol } = this.#store.get();
    if (message.symbol !== symbol) return;
    const verdict = this.#book.receive(message);
    if (verdict === "gap") this.#socket.emit("subscribe", { symbol, channels: ["depth"] }, () => {});
    if (verdict !== "apply") return;
    this.#store.set({
      bids: this.#book.levels("bids", BOOK_LEVELS),
      asks: this.#book.levels("asks", BOOK_LEVELS),
    });
  }

  #takeTrade(message: TradeMessage): void {
    const { symbol, tape } = this.#store.get();
    if (message.symbol !== symbol) return;
    const verdict = this.#trades.receive(message);
    if (verdict === "gap") {
      // The tape shows the newest trades only: taking them anew repairs it.
      this.#trades.startFresh();
      void this.#loadTape(symbol);
    }
    if (verdict !== "apply" || tape[0]?.id === message.tradeId) return;
    const { tradeId: id, price, quantity, time, isBuyerMaker } = message;
    this.#store.set({ tape: [{ id, price, quantity, time, isBuyerMaker }, ...tape].slice(0, TAPE_LENGTH) });
  }

  #echo(): void {
    if (!this.#socket.connected) return;
    const sent = performance.now();
    this.#socket.timeout(ECHO_MS).emit("echo", (error: Error | null) => {
      if (error === null) {
        const roundTripMs = Math.max(1, Math.round(performance.now() - sent));
        this.#store.set({ connection: { state: "live", roundTripMs } });
      } else if (this.#socket.connected)
        this.#store.set({ connection: { state: "stale", roundTripMs: undefined } });
    });
  }
}

interface RawSymbol {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  readonly filters: readonly Readonly<Record<string, string>>[];
}

interface RawMarket {
  readonly symbol: string;
  readonly makerFee: string;
  readonly takerFee: string;
}

interface RestTrade {
  readonly id: number;
  readonly price: string;
  readonly qty: string;
  readonly time: number;
  readonly isBuyerMaker: boolean;
}

function symbolInfo(raw: RawSymbol, markets: readonly RawMarket[]): SymbolInfo {
  const filter = (type: string, name: string) =>
    raw.filters.find(({ filterType }) => filterType === type)?.[name] ?? "0";
  const fees = markets.find(({ symbol }) => symbol === raw.symbol);
  return {
    symbol: raw.symbol,
    baseAsset: raw.baseAsset,
    quoteAsset: raw.quoteAsset,
    tickSize: filter("PRICE_FILTER", "tickSize"),
    stepSize: filter("LOT_SIZE", "stepSize"),
    minNotional: filter("NOTIONAL", "minNotional"),
    makerFee: fees?.makerFee ?? "0",
    takerFee: fees?.takerFee ?? "0",
  };
}
