import { io, type Socket } from "socket.io-client";
import { assert } from "#shared/domain/invariant.ts";
import { DepthBook } from "#shared/protocol/depth-book.ts";
import { FeedClient } from "#shared/protocol/feed-client.ts";
import type {
  BalanceMessage,
  ClientToServerEvents,
  ExecutionReport,
  ListStatusMessage,
  OrdersMergedMessage,
  Place,
  ServerToClientEvents,
  TradeMessage,
} from "#shared/protocol/socket.ts";
import { ONE_SHARD } from "#test/support/one-shard.ts";

/** A place in a feed: seq and index. */
export type Spot = readonly [seq: number, index: number];

export type ClientSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

type UserMessage = ExecutionReport | ListStatusMessage | BalanceMessage | OrdersMergedMessage;

export function connectSocket(url: string, options: Parameters<typeof io>[1] = {}): ClientSocket {
  return io(url, {
    forceNew: true,
    reconnectionDelay: 5,
    reconnectionDelayMax: 20,
    randomizationFactor: 0.5,
    transports: ["websocket"],
    ...options,
  });
}

/** A client as the page is one: it follows its user feed in one shard, a market's trades and its book through any number of lost connections. */
export class FeedRecorder {
  readonly socket: ClientSocket;
  readonly user: UserMessage[] = [];
  readonly trades: TradeMessage[] = [];
  readonly book = new DepthBook();
  /** Messages that a feed gave twice, and gaps that were seen while connected. */
  readonly seen = { duplicates: 0, gaps: 0, connects: 0, resyncs: 0, snapshots: 0, depthGaps: 0 };
  /** Where the user feed was not repaired but begun anew from a snapshot of the state: what lies between is in the snapshot alone. */
  readonly resets: { readonly after: Spot; readonly throughSeq: number }[] = [];
  #resetAfter: Spot | undefined;
  readonly #symbol: string;
  readonly #shard: string;
  readonly #userFeed: FeedClient;
  readonly #tradeFeed: FeedClient;
  /** Where the user feed began. */
  start: Place | undefined;

  /** @param shard that trades the symbol */
  constructor(url: string, token: string, symbol: string, shard: string = ONE_SHARD) {
    this.#symbol = symbol;
    this.#shard = shard;
    this.#userFeed = new FeedClient(`user/${shard}`);
    this.#tradeFeed = new FeedClient(symbol);
    this.socket = connectSocket(url, { auth: { token } });
    this.socket.on("connect", () => this.#connected());
    const takeUser = (message: UserMessage) => {
      if (message.shard !== this.#shard) return;
      this.#take(this.#userFeed, message, () => this.user.push(message));
    };
    this.socket.on("executionReport", takeUser);
    this.socket.on("listStatus", takeUser);
    this.socket.on("balance", takeUser);
    this.socket.on("ordersMerged", takeUser);
    this.socket.on("trade", (message) =>
      this.#take(this.#tradeFeed, message, () => this.trades.push(message)),
    );
    this.socket.on("rewound", (rewound) => {
      if (rewound.feed === symbol && this.#tradeFeed.rewound(rewound)) {
        this.trades.splice(0, this.trades.length, ...this.trades.filter(({ seq }) => seq <= rewound.toSeq));
      }
      if (rewound.feed === `user/${shard}`) this.#userFeed.rewound(rewound);
    });
    this.socket.on("depth", (message) => {
      if (this.book.receive(message) !== "gap") return;
      this.seen.depthGaps++;
      this.#subscribe();
    });
  }

  get isLive(): boolean {
    return this.start !== undefined && this.#tradeFeed.position !== undefined;
  }

  /** Drops the connection from this side, if there is one; it comes back by itself. */
  drop(): void {
    // The client library never comes back from a close in the middle of its own handshake.
    if (this.socket.connected) this.socket.io.engine.close();
  }

  close(): void {
    this.socket.disconnect();
  }

  #connected(): void {
    this.seen.connects++;
    const missedTrades = this.#tradeFeed.reconnected();
    this.#subscribe();
    this.#resync(this.#userFeed, this.#userFeed.reconnected(), () => this.#takeState());
    if (missedTrades !== undefined) this.#resync(this.#tradeFeed, missedTrades, () => {});
  }

  #subscribe(): void {
    this.socket.emit("subscribe", { symbol: this.#symbol, channels: ["trade", "depth"] }, (answer) => {
      if ("error" in answer) throw new Error(answer.error.msg);
      if (this.#tradeFeed.position === undefined) this.#tradeFeed.startAt(answer.place);
    });
  }

  #takeState(): void {
    this.socket.emit("state", (state) => {
      if ("error" in state) throw new Error(state.error.msg);
      const place = state.places.find(({ shard }) => shard === this.#shard);
      assert(place !== undefined, "the state says where the shard's feed goes on");
      if (this.#resetAfter !== undefined)
        this.resets.push({ after: this.#resetAfter, throughSeq: place.seq });
      this.start ??= place;
      this.#resetAfter = undefined;
      this.#userFeed.startAt(place);
    });
  }

  #take(feed: FeedClient, message: Place, apply: () => void): void {
    switch (feed.receive(message)) {
      case "apply":
        apply();
        break;
      case "duplicate":
        this.seen.duplicates++;
        break;
      case "gap":
        this.seen.gaps++;
        this.#resync(feed, feed.resyncRequest(), () => {});
        break;
      default:
    }
  }

  #resync(feed: FeedClient, request: ReturnType<FeedClient["reconnected"]>, startAnew: () => void): void {
    if (request === undefined) {
      startAnew();
      return;
    }
    this.seen.resyncs++;
    this.socket.emit("resync", request, (answer) => {
      if ("error" in answer) throw new Error(answer.error.msg);
      if (feed.resynced(answer) === "missed") return;
      this.seen.snapshots++;
      if (feed === this.#userFeed) this.#resetAfter = [request.seq, request.index];
      startAnew();
    });
  }
}
