import { FeedClient } from "#shared/protocol/feed-client.ts";
import type { WireTransfer } from "#shared/protocol/region-messages.ts";
import type {
  BalanceMessage,
  ErrorAnswer,
  ExecutionReport,
  OrdersMergedMessage,
  Place,
  ResyncAnswer,
  ResyncRequest,
  ShardBalance,
  UserState,
} from "#shared/protocol/socket.ts";
import { callApi } from "./api.ts";
import type { PageSocket } from "./connection.ts";
import { fillOfReport, fillOfRest, type RestFill, rewoundFills, withFills } from "./fills.ts";
import { kindsOf, type ListStatus } from "./order-lists.ts";
import { orderNotice } from "./order-notice.ts";
import { isOpen, orderOfReport, orderOfRest, type RestOrder, withOrders } from "./orders.ts";
import { isUndone } from "./provisional.ts";
import { sumOfShards } from "./shard-balances.ts";
import type { Store } from "./store.ts";
import { untilAnswered } from "./until-answered.ts";

const HISTORY = 100;
/** A user's feed in one shard. */
const feedName = (shard: string): string => `user/${shard}`;

/** How long an order that has ended stays among the open ones, so that its last status is seen. */
const LINGER_MS = 8000;

/** The account's orders, fills and balances, followed and repaired as the protocol says. */
export class UserFeed {
  readonly #store: Store;
  readonly #socket: PageSocket;
  /** One a shard, by its name. */
  #feeds = new Map<string, FeedClient>();

  constructor(store: Store, socket: PageSocket) {
    this.#store = store;
    this.#socket = socket;
    socket.on("executionReport", (report) => {
      if (this.#isNext(report)) this.#takeReport(report);
    });
    socket.on("listStatus", (list) => {
      if (this.#isNext(list)) this.#takeLists([list]);
    });
    socket.on("ordersMerged", (merged) => {
      if (this.#isNext(merged)) this.#takeMerged(merged);
    });
    socket.on("balance", (balance) => {
      if (this.#isNext(balance)) this.#takeBalance(balance);
    });
    socket.on("transfers", ({ transfers }) => {
      this.#setBalances(this.#store.get().shardBalances, transfers);
    });
    socket.on("rewound", (rewound) => {
      if (rewound.feed !== feedName(rewound.shard)) return;
      if (this.#feeds.get(rewound.shard)?.rewound(rewound) !== true) return;
      const { orders, fills } = this.#store.get();
      this.#store.set({
        orders: orders?.filter((order) => !isUndone(order, rewound)),
        fills: fills && rewoundFills(fills, rewound),
      });
      this.#loadState();
    });
  }

  /** After each handshake: from a state at first, from where it stood after a lost connection. */
  follow(): void {
    const requests = [...this.#feeds.values()].map((feed) => ({ feed, request: feed.reconnected() }));
    if (requests.length === 0 || requests.some(({ request }) => request === undefined)) {
      this.#loadState();
      return;
    }
    for (const { feed, request } of requests) if (request !== undefined) this.#resync(feed, request);
  }

  /** Another account, or none: what was followed before is no longer gone on from. */
  forget(): void {
    this.#feeds = new Map();
  }

  #resync(feed: FeedClient, request: ResyncRequest): void {
    this.#socket.emit("resync", request, (answer: ResyncAnswer | ErrorAnswer) => {
      if ("error" in answer || feed.resynced(answer) === "snapshot") this.#loadState();
    });
  }

  /** The state of all shards at once: where each feed stands is in it. */
  #loadState(): void {
    const feeds = this.#feeds;
    this.#socket.emit("state", (answer: UserState | ErrorAnswer) => {
      if ("error" in answer || feeds !== this.#feeds) return;
      for (const place of answer.places) {
        const feed = feeds.get(place.shard) ?? new FeedClient(feedName(place.shard));
        feeds.set(place.shard, feed);
        feed.startAt(place);
      }
      const ended = (this.#store.get().orders ?? []).filter((order) => !isOpen(order));
      this.#store.set({
        orders: withOrders(ended, answer.openOrders.map(orderOfReport)),
      });
      this.#setBalances(answer.balances, answer.transfers);
      this.#takeLists(answer.openOrderLists);
      void this.#loadHistory(feeds);
    });
  }

  async #loadHistory(feeds: ReadonlyMap<string, FeedClient>): Promise<void> {
    const loads = this.#store.get().symbols.map(async ({ symbol }) => {
      const limit = { symbol, limit: HISTORY };
      const orders = await untilAnswered(() => callApi<RestOrder[]>("GET", "/api/v3/allOrders", limit));
      const fills = await untilAnswered(() => callApi<RestFill[]>("GET", "/api/v3/myTrades", limit));
      if (feeds !== this.#feeds) return;
      const { orders: known = [] } = this.#store.get();
      const live = new Set(known.map(({ orderId }) => orderId));
      const older = orders.map(orderOfRest).filter(({ orderId }) => !live.has(orderId));
      this.#store.set({
        orders: withOrders(known, older),
        fills: withFills(this.#store.get().fills ?? [], fills.map(fillOfRest)),
      });
    });
    const lists = untilAnswered(() =>
      callApi<ListStatus[]>("GET", "/api/v3/allOrderList", { limit: HISTORY }),
    );
    const kinds = lists.then((known) => {
      if (feeds === this.#feeds) this.#takeLists(known);
    });
    await Promise.all([...loads, kinds]).catch((failure: Error) =>
      this.#store.notify("bad", failure.message),
    );
  }

  /** True if a message of the feed is the next one; a gap is repaired first, and then it comes again. */
  #isNext(place: Place): boolean {
    // Of no feed: an order that no fold has seen, as it waits for its shard's owner.
    if (place.branch === "") return true;
    const feed = this.#feeds.get(place.shard);
    const verdict = feed?.receive(place);
    if (feed !== undefined && verdict === "gap") this.#resync(feed, feed.resyncRequest());
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

  /** Rows under ids that nothing stands under: the order has its own row, if it is there. */
  #takeMerged({ orders: merged }: OrdersMergedMessage): void {
    const gone = new Set(
      merged.flatMap(({ orderId, canonicalOrderId }) => (orderId === canonicalOrderId ? [] : [orderId])),
    );
    const { orders } = this.#store.get();
    if (orders?.some(({ orderId }) => gone.has(orderId)) !== true) return;
    this.#store.set({ orders: orders.filter(({ orderId }) => !gone.has(orderId)) });
    // What the order's own row is, the state knows, however long ago it was told.
    this.#loadState();
  }

  #takeLists(lists: readonly ListStatus[]): void {
    this.#store.set({ listKinds: { ...this.#store.get().listKinds, ...kindsOf(lists) } });
  }

  #takeBalance({ shard, asset, free, locked }: BalanceMessage): void {
    const { shardBalances } = this.#store.get();
    const others = shardBalances.filter((row) => row.asset !== asset || row.shard !== shard);
    this.#setBalances([...others, { shard, asset, free, locked }], this.#store.get().transfers);
  }

  #setBalances(shardBalances: readonly ShardBalance[], transfers: readonly WireTransfer[]): void {
    this.#store.set({ shardBalances, transfers, balances: sumOfShards(shardBalances, transfers) });
  }

  #linger(orderId: number): void {
    this.#store.set({ justEnded: [...this.#store.get().justEnded, orderId] });
    setTimeout(() => {
      this.#store.set({ justEnded: this.#store.get().justEnded.filter((each) => each !== orderId) });
    }, LINGER_MS);
  }
}
