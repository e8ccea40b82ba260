import { FeedClient } from "#shared/protocol/feed-client.ts";
import type {
  BalanceMessage,
  ErrorAnswer,
  ExecutionReport,
  Place,
  ResyncAnswer,
  UserState,
} from "#shared/protocol/socket.ts";
import { callApi } from "./api.ts";
import type { PageSocket } from "./connection.ts";
import { fillOfReport, withFills } from "./fills.ts";
import { kindsOf, type ListStatus } from "./order-lists.ts";
import { orderNotice } from "./order-notice.ts";
import { isOpen, orderOfReport, orderOfRest, type RestOrder, withOrders } from "./orders.ts";
import type { Store } from "./store.ts";
import type { FillItem } from "./types.ts";
import { untilAnswered } from "./until-answered.ts";

const HISTORY = 100;
/** How long an order that has ended stays among the open ones, so that its last status is seen. */
const LINGER_MS = 8000;

/** The account's orders, fills and balances, followed and repaired as the protocol says. */
export class UserFeed {
  readonly #store: Store;
  readonly #socket: PageSocket;
  #feed = new FeedClient("user");

  constructor(store: Store, socket: PageSocket) {
    this.#store = store;
    this.#socket = socket;
    socket.on("executionReport", (report) => {
      if (this.#isNext(report)) this.#takeReport(report);
    });
    socket.on("listStatus", (list) => {
      if (this.#isNext(list)) this.#takeLists([list]);
    });
    socket.on("balance", (balance) => {
      if (this.#isNext(balance)) this.#takeBalance(balance);
    });
  }

  /** After each handshake: from a state at first, from where it stood after a lost connection. */
  follow(): void {
    const request = this.#feed.reconnected();
    if (request === undefined) this.#loadState();
    else this.#socket.emit("resync", request, this.#resynced);
  }

  /** Another account, or none: what was followed before is no longer gone on from. */
  forget(): void {
    this.#feed = new FeedClient("user");
  }

  readonly #resynced = (answer: ResyncAnswer | ErrorAnswer): void => {
    if ("error" in answer || this.#feed.resynced(answer) === "snapshot") this.#loadState();
  };

  #loadState(): void {
    const feed = this.#feed;
    this.#socket.emit("state", (answer: UserState | ErrorAnswer) => {
      if ("error" in answer || feed !== this.#feed) return;
      feed.startAt(answer.place);
      const ended = (this.#store.get().orders ?? []).filter((order) => !isOpen(order));
      this.#store.set({
        balances: answer.balances,
        orders: withOrders(ended, answer.openOrders.map(orderOfReport)),
      });
      this.#takeLists(answer.openOrderLists);
      void this.#loadHistory(feed);
    });
  }

  async #loadHistory(feed: FeedClient): Promise<void> {
    const loads = this.#store.get().symbols.map(async ({ symbol }) => {
      const limit = { symbol, limit: HISTORY };
      const orders = await untilAnswered(() => callApi<RestOrder[]>("GET", "/api/v3/allOrders", limit));
      const fills = await untilAnswered(() => callApi<FillItem[]>("GET", "/api/v3/myTrades", limit));
      if (feed !== this.#feed) return;
      const { orders: known = [] } = this.#store.get();
      const live = new Set(known.map(({ orderId }) => orderId));
      const older = orders.map(orderOfRest).filter(({ orderId }) => !live.has(orderId));
      this.#store.set({
        orders: withOrders(known, older),
        fills: withFills(this.#store.get().fills ?? [], fills),
      });
    });
    const lists = untilAnswered(() =>
      callApi<ListStatus[]>("GET", "/api/v3/allOrderList", { limit: HISTORY }),
    );
    const kinds = lists.then((known) => {
      if (feed === this.#feed) this.#takeLists(known);
    });
    await Promise.all([...loads, kinds]).catch((failure: Error) =>
      this.#store.notify("bad", failure.message),
    );
  }

  /** True if a message of the feed is the next one; a gap is repaired first, and then it comes again. */
  #isNext(place: Place): boolean {
    const verdict = this.#feed.receive(place);
    if (verdict === "gap") this.#socket.emit("resync", this.#feed.resyncRequest(), this.#resynced);
    return verdict === "apply";
  }

  #takeReport(report: ExecutionReport): void {
    // It never was an order; whoever placed it has the refusal.
    if (report.executionType === "REJECTED") return;
    const order = orderOfReport(report);
    const { orders = [], fills = [], symbols } = this.#store.get();
    this.#store.set({ orders: withOrders(orders, [order]) });
    if (report.executionType === "TRADE")
      this.#store.set({ fills: withFills(fills, [fillOfReport(report)]) });
    if (!isOpen(order)) this.#linger(order.orderId);
    const info = symbols.find(({ symbol }) => symbol === order.symbol);
    const before = orders.find(({ orderId }) => orderId === order.orderId);
    const { tone, text } = orderNotice(order, before, info);
    this.#store.notify(tone, text, `order ${order.orderId}`);
  }

  #takeLists(lists: readonly ListStatus[]): void {
    this.#store.set({ listKinds: { ...this.#store.get().listKinds, ...kindsOf(lists) } });
  }

  #takeBalance({ asset, free, locked }: BalanceMessage): void {
    const others = (this.#store.get().balances ?? []).filter((row) => row.asset !== asset);
    const rows = [...others, { asset, free, locked }];
    this.#store.set({ balances: rows.sort((a, b) => (a.asset < b.asset ? -1 : 1)) });
  }

  #linger(orderId: number): void {
    this.#store.set({ justEnded: [...this.#store.get().justEnded, orderId] });
    setTimeout(() => {
      this.#store.set({ justEnded: this.#store.get().justEnded.filter((each) => each !== orderId) });
    }, LINGER_MS);
  }
}
