import type { TradeAnswers, TradeEvent, TradeRequest } from "./order-entry.ts";
import type { ReconciliationMessage } from "./reconciliation-messages.ts";
import type {
  FinalMessage,
  RegionStatusMessage,
  RewoundMessage,
  TransfersMessage,
  WireTransfer,
} from "./region-messages.ts";

/**
 * The Socket.IO protocol, version 2: every event that a browser or bot and a gateway exchange. Amounts, prices and quantities are
 * decimal strings, times epoch ms. The page and the tests import this file; nothing else defines the wire.
 *
 * **Order and repair.** Every message of a feed carries its place. A *feed* is one user in one shard (`user/crypto-1`: executionReport, listStatus,
 * ordersMerged and balance; a user has one for each shard) or the trades of one market (named by its symbol). Within a feed, (seq, index) rises strictly, and between
 * `previousSeq` and `seq` (both exclusive) the feed has no message: if `previousSeq` is above the last seq that the client has, something was missed and
 * the client sends `resync`. After a reconnect it always sends it, for part of one seq may have been lost. A shard's branch changes when another Region
 * takes it over, and the feed goes on; what a feed told beyond a cut is taken back by `rewound`. `FeedClient` (feed-client.ts) is this rule in code.
 *
 * An order that waits in the gateway's outbox (QUEUED), and what becomes of it there, is told by reports of no feed: their place has the branch "" and the
 * seq 0, and no client judges them. Once it has reached its shard its reports come in the feed, under the same order id.
 *
 * Depth has Binance's rule instead: `firstUpdateId` = the last `finalUpdateId` + 1; it is repaired by `subscribe`, which sends a snapshot
 * (`DepthBook`, depth-book.ts). Each `ticker` and `kline` is complete by itself: its `previousSeq` is `null`, nothing is repaired.
 */
export const SOCKET_PROTOCOL_VERSION = 2;

/** The place of a message in its feed. */
export interface Place {
  readonly shard: string;
  readonly branch: string;
  readonly seq: number;
  /**
   * Rises within a seq. In a user's feed twice the index of the event in its outcome, plus one for the taker's report of a trade or a prevented match
   * (an account may meet itself: two reports of one event); in a `trade` feed the index of the event.
   */
  readonly index: number;
  readonly previousSeq: number | null;
}

/**
 * Binance's execution report, field names in full words. Of an order that was REJECTED only the names are known (symbol, ids) and the
 * `rejectReason`, a name of the error catalogue ("NONE" otherwise); it never was an order.
 */
export interface ExecutionReport extends Place {
  readonly symbol: string;
  readonly orderId: number;
  /** -1 unless part of an order list. */
  readonly orderListId: number;
  readonly clientOrderId: string;
  /** The client's own id of a simple order message, else the clientOrderId. */
  readonly origClientOrderId: string;
  readonly side: "BUY" | "SELL";
  readonly orderType: string;
  readonly timeInForce: string;
  readonly quantity: string;
  readonly price: string;
  readonly quoteOrderQty: string;
  /** "0…" unless a stop loss or take profit order with one. */
  readonly stopPrice: string;
  /** Hundredths of a percent; 0 unless a trailing order. */
  readonly trailingDelta: number;
  /** "0…" unless an iceberg. */
  readonly icebergQty: string;
  /** Epoch ms; 0 unless timeInForce is GTD. */
  readonly goodTillDate: number;
  /** QUEUED (waits for its shard's owner), NEW (accepted, activated or triggered), CANCELED, REPLACED (amended), REJECTED, TRADE, EXPIRED, TRADE_PREVENTION. */
  readonly executionType: string;
  readonly orderStatus: string;
  readonly rejectReason: string;
  readonly lastExecutedQuantity: string;
  readonly lastExecutedPrice: string;
  readonly lastQuoteQuantity: string;
  readonly cumulativeFilledQuantity: string;
  readonly cumulativeQuoteQuantity: string;
  readonly commissionAmount: string;
  readonly commissionAsset: string | null;
  /** -1 where there is no trade. */
  readonly tradeId: number;
  readonly isMaker: boolean;
  readonly isOnBook: boolean;
  /** False while it waits for its trigger or for its turn in a list. */
  readonly isWorking: boolean;
  /** When it began to work, epoch ms; -1 before. */
  readonly workingTime: number;
  readonly selfTradePreventionMode: string;
  /** What self-trade prevention took off it in all, and this time (execution type TRADE_PREVENTION); -1 for no match. */
  readonly preventedQuantity: string;
  readonly lastPreventedQuantity: string;
  readonly preventedMatchId: number;
  readonly orderCreationTime: number;
  readonly transactionTime: number;
  /** True while it could still be undone (a fork); always shown as such. */
  readonly provisional: boolean;
}

/** Binance's `listStatus`: an order list was accepted (EXEC_STARTED), or its last open order has ended (ALL_DONE). */
export interface ListStatusMessage extends Place {
  readonly symbol: string;
  readonly orderListId: number;
  /** OTO for an OTOCO too. */
  readonly contingencyType: "OCO" | "OTO";
  readonly listStatusType: "EXEC_STARTED" | "ALL_DONE";
  readonly listOrderStatus: "EXECUTING" | "ALL_DONE";
  readonly listClientOrderId: string;
  readonly transactionTime: number;
  readonly orders: readonly {
    readonly symbol: string;
    readonly orderId: number;
    readonly clientOrderId: string;
  }[];
}

/**
 * Orders of whose command a second copy arrived: one that was taken in a fork, or waited in the outbox of another Region, while the client had already been answered elsewhere. They are there
 * once. Whoever knows one by the first id goes on with the second; requests may name either.
 */
export interface OrdersMergedMessage extends Place {
  readonly symbol: string;
  /** -1 unless a list was merged; and the id under which it stands. */
  readonly orderListId: number;
  readonly canonicalOrderListId: number;
  readonly orders: readonly {
    readonly orderId: number;
    readonly clientOrderId: string;
    /** Under which the order stands; -1 where it does not: its command had been refused, or the order ended long ago. */
    readonly canonicalOrderId: number;
  }[];
  /** Epoch ms. */
  readonly time: number;
}

/** What a user has of an asset in the place's shard now. */
export interface BalanceMessage extends Place {
  readonly asset: string;
  readonly free: string;
  readonly locked: string;
  readonly time: number;
}

export interface TradeMessage extends Place {
  readonly symbol: string;
  readonly tradeId: number;
  readonly price: string;
  readonly quantity: string;
  readonly quoteQuantity: string;
  readonly time: number;
  readonly isBuyerMaker: boolean;
  /** True for a trade in a fork: it may be undone (`rewound`). */
  readonly provisional: boolean;
}

/** [price, quantity]; quantity "0…" removes the level. */
export type WireLevel = readonly [string, string];

export interface DepthMessage extends Place {
  readonly symbol: string;
  /** A snapshot replaces the whole book; a difference continues it. */
  readonly snapshot: boolean;
  readonly firstUpdateId: number;
  readonly finalUpdateId: number;
  readonly bids: readonly WireLevel[];
  readonly asks: readonly WireLevel[];
}

/** TRADING, HALT (nothing is taken), BREAK (orders rest for a call auction), CANCEL_ONLY. */
export type MarketStatus = "TRADING" | "HALT" | "BREAK" | "CANCEL_ONLY";

/** What a call auction trades, or would. */
export interface WireAuction {
  readonly price: string;
  readonly quantity: string;
}

/** A market's state changed; complete by itself, sent at once to who follows its ticker. */
export interface MarketStatusMessage extends Place {
  readonly symbol: string;
  readonly status: MarketStatus;
  /** The call auction that this opening of the market brought about. */
  readonly auction: WireAuction | null;
  readonly time: number;
}

export interface TickerMessage extends Place {
  readonly symbol: string;
  readonly status: MarketStatus;
  /** In BREAK, what the auction would do now. */
  readonly indicativeAuction: WireAuction | null;
  readonly lastPrice: string;
  readonly priceChange: string;
  readonly priceChangePercent: string;
  readonly openPrice: string;
  readonly highPrice: string;
  readonly lowPrice: string;
  readonly volume: string;
  readonly quoteVolume: string;
  readonly bidPrice: string;
  readonly bidQty: string;
  readonly askPrice: string;
  readonly askQty: string;
  readonly time: number;
}

export interface KlineMessage extends Place {
  readonly symbol: string;
  readonly interval: string;
  readonly openTime: number;
  readonly closeTime: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly quoteVolume: string;
  readonly trades: number;
}

export const CHANNELS = ["trade", "depth", "ticker", "kline"] as const;
export type Channel = (typeof CHANNELS)[number];

export interface SubscribeRequest {
  readonly symbol: string;
  readonly channels: readonly Channel[];
  /** For `kline`; default "1m". From 1m to 1d; longer ones are in REST only. */
  readonly interval?: string;
}

export interface SubscribeAnswer {
  readonly ok: true;
  /** The market's trades after here are sent: `FeedClient.startAt(place)` on the first subscription (older ones are in REST). */
  readonly place: Place;
}

/** The last message that the client has of a feed. `feed`: "user/" and a shard, or a symbol (its trades, which must be subscribed). */
export interface ResyncRequest {
  readonly feed: string;
  readonly branch: string;
  readonly seq: number;
  readonly index: number;
}

/**
 * `missed`: the missed messages follow as ordinary events, in order, before any newer one. `snapshot`: too long ago; the client takes open
 * orders, balances and history anew from `state` (user) or from REST (trades).
 */
export interface ResyncAnswer {
  readonly outcome: "missed" | "snapshot";
  /** Where the feed stands now. */
  readonly seq: number;
}

export interface ErrorAnswer {
  readonly error: {
    readonly code: number;
    readonly msg: string;
    readonly field?: string;
    /** Of a cancel-replace that failed: what became of its halves. */
    readonly data?: object;
  };
}
export type Answer<T> = (answer: T | ErrorAnswer) => void;

/** The simple order message of the architecture, section 9. No price: a market order. */
export interface SimpleOrder {
  readonly orderId: string;
  readonly type: "BUY" | "SELL";
  readonly userID: string;
  readonly coinID: string;
  readonly quantity: number | string;
  readonly price?: number | string;
}

/** What a simple order is answered once it is durable and was folded. */
export interface SimpleOrderAnswer {
  readonly orderId: string;
  readonly meridianOrderId: number;
  readonly symbol: string;
  readonly status: string;
  readonly executedQuantity: string;
  readonly shard: string;
  readonly seq: number;
  /** It may still be undone. */
  readonly provisional?: true;
}

/** What a user has of an asset in one shard. */
export interface ShardBalance {
  readonly shard: string;
  readonly asset: string;
  readonly free: string;
  readonly locked: string;
}

/** The answer to `state`. */
export interface UserState {
  /** One a shard: all of the user's feed there up to here is in it: `FeedClient.startAt(place)`. */
  readonly places: readonly Place[];
  readonly user: string;
  readonly account: number;
  /** One a shard and asset: what a user has of an asset is the sum. */
  readonly balances: readonly ShardBalance[];
  /** Open orders as their latest report. */
  readonly openOrders: readonly ExecutionReport[];
  /** On their way between shards: they count as locked. */
  readonly transfers: readonly WireTransfer[];
  /** What is final of each shard. */
  readonly final: readonly FinalMessage[];
  /** Open order lists, as their status is. */
  readonly openOrderLists: readonly ListStatusMessage[];
}

/** Names an open order of one's own: by `orderId` or by `origClientOrderId`. */
export interface CancelRequest {
  readonly symbol: string;
  readonly orderId?: number;
  readonly origClientOrderId?: string;
}

export interface CancelAnswer {
  readonly symbol: string;
  readonly orderId: number;
  readonly origClientOrderId: string;
  readonly status: string;
  readonly executedQuantity: string;
  readonly shard: string;
  readonly seq: number;
}

/** What a refused event is told that came without an acknowledgement; one that has it is answered there. */
export interface RefusalMessage extends ErrorAnswer {
  readonly event: "order" | "cancel";
  /** The `orderId` of the order message, the `origClientOrderId` of the cancel, if it was a text. */
  readonly orderId: string | null;
}

export interface ServerToClientEvents {
  executionReport: (message: ExecutionReport) => void;
  listStatus: (message: ListStatusMessage) => void;
  ordersMerged: (message: OrdersMergedMessage) => void;
  balance: (message: BalanceMessage) => void;
  trade: (message: TradeMessage) => void;
  depth: (message: DepthMessage) => void;
  ticker: (message: TickerMessage) => void;
  kline: (message: KlineMessage) => void;
  /** Of no feed: it has no place, and is not repaired. */
  refused: (message: RefusalMessage) => void;
  marketStatus: (message: MarketStatusMessage) => void;
  rewound: (message: RewoundMessage) => void;
  final: (message: FinalMessage) => void;
  region: (message: RegionStatusMessage) => void;
  /** A fork was reconciled; what it means for an account is in REST (`/meridian/v1/reconciliations/{id}`). Of no feed. */
  reconciliation: (message: ReconciliationMessage) => void;
  transfers: (message: TransfersMessage) => void;
  /** This gateway goes away and closes the connection right behind it: come again, another one answers. Of no feed. */
  serverShutdown: (message: ServerShutdownMessage) => void;
}

/** By this gateway's clock, epoch ms. */
export interface ServerShutdownMessage {
  readonly time: number;
}

/** Order entry in Binance's words: see order-entry.ts. */
type TradeEvents = {
  [Event in TradeEvent]: (request: TradeRequest, answer: Answer<TradeAnswers[Event]>) => void;
};

export interface ClientToServerEvents extends TradeEvents {
  /** Joins the market's rooms; a depth snapshot and the current ticker follow at once. */
  subscribe: (request: SubscribeRequest, answer: Answer<SubscribeAnswer>) => void;
  unsubscribe: (request: SubscribeRequest, answer: Answer<{ readonly ok: true }>) => void;
  resync: (request: ResyncRequest, answer: Answer<ResyncAnswer>) => void;
  /** The signed-in user's balances and open orders now. */
  state: (answer: Answer<UserState>) => void;
  /** Placed with or without an acknowledgement; its reports come either way, and what the gateway refuses as `refused`. */
  order: (order: SimpleOrder, answer?: Answer<SimpleOrderAnswer>) => void;
  cancel: (request: CancelRequest, answer?: Answer<CancelAnswer>) => void;
  /** For the round-trip time; answered with the server's time. */
  echo: (answer: (serverTime: number) => void) => void;
}

/** The handshake: the cookie of a signed-in page, or a session token, or an API key with a signature over `timestamp=<ms>`. Nothing: public data only. */
export interface HandshakeAuth {
  readonly token?: string;
  readonly apiKey?: string;
  readonly timestamp?: number;
  readonly signature?: string;
}
