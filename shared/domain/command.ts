import type { Asset } from "./asset.ts";
import type { AccountId, AssetId, BranchId, CommandId, MarketId, OrderId, OrderListId } from "./ids.ts";
import type { Market, TradingState } from "./market.ts";
import type { Contingency, OrderTerms } from "./order.ts";

/** An input of the engine, as it stands in the log. Everything that changes the fold is one of these. */
export interface CommandEnvelope {
  /** Repeats of an id are no-ops. */
  readonly commandId: CommandId;
  /** The branch it was meant for; elsewhere it has no effect and is reported `Misdirected`. */
  readonly branch: BranchId;
  /** Epoch ms by the shard's time after which it is refused. 0 = no limit (ticks, administration, deposits). */
  readonly validUntil: number;
  readonly command: Command;
}

export interface PlaceOrder extends OrderTerms {
  readonly kind: "PlaceOrder";
  readonly account: AccountId;
  readonly market: MarketId;
}

/** Places two or three orders that depend on each other: all of them, or none. */
export interface PlaceOrderList {
  readonly kind: "PlaceOrderList";
  readonly listId: OrderListId;
  readonly account: AccountId;
  readonly market: MarketId;
  readonly listClientOrderId: string;
  readonly contingency: Contingency;
  /** OCO: above, below. OTO: working, pending. OTOCO: working, pending above, pending below. */
  readonly orders: readonly OrderTerms[];
}

/** Binance's `cancelRestrictions`: an order in another status is not canceled. */
export const CANCEL_RESTRICTIONS = ["NONE", "ONLY_NEW", "ONLY_PARTIALLY_FILLED"] as const;
export type CancelRestriction = (typeof CANCEL_RESTRICTIONS)[number];

/** Cancels one order, named by `orderId` or, when that is 0, by `origClientOrderId` among the account's open orders; with it its order list. */
export interface CancelOrder {
  readonly kind: "CancelOrder";
  readonly account: AccountId;
  readonly market: MarketId;
  readonly orderId: OrderId | 0;
  readonly origClientOrderId: string;
  readonly restriction: CancelRestriction;
}

/** Cancels every open order of a list, named as an order is. */
export interface CancelOrderList {
  readonly kind: "CancelOrderList";
  readonly account: AccountId;
  readonly market: MarketId;
  readonly listId: OrderListId | 0;
  readonly listClientOrderId: string;
}

/** Binance's `cancelReplaceMode`: whether the new order is tried when the old one could not be canceled. */
export const REPLACE_MODES = ["STOP_ON_FAILURE", "ALLOW_FAILURE"] as const;
export type ReplaceMode = (typeof REPLACE_MODES)[number];

/** Cancels one order, then places another (Binance: order/cancelReplace). */
export interface ReplaceOrder {
  readonly kind: "ReplaceOrder";
  readonly account: AccountId;
  readonly market: MarketId;
  readonly mode: ReplaceMode;
  readonly cancelOrderId: OrderId | 0;
  readonly cancelOrigClientOrderId: string;
  readonly restriction: CancelRestriction;
  readonly order: OrderTerms;
}

/** Cancels every open order of the account in the market. */
export interface CancelAllOrders {
  readonly kind: "CancelAllOrders";
  readonly account: AccountId;
  readonly market: MarketId;
}

/** Lowers an order's quantity and keeps its place in the queue (Binance: order/amend/keepPriority). */
export interface AmendOrder {
  readonly kind: "AmendOrder";
  readonly account: AccountId;
  readonly market: MarketId;
  readonly orderId: OrderId | 0;
  readonly origClientOrderId: string;
  /** The new total quantity in lots: more than what was executed, less than before. */
  readonly quantity: number;
}

export interface Deposit {
  readonly kind: "Deposit";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: number;
}

export interface Withdraw {
  readonly kind: "Withdraw";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: number;
}

/** Adds an asset, or repeats it unchanged. */
export interface DefineAsset {
  readonly kind: "DefineAsset";
  readonly asset: Asset;
}

/** Adds a market, or changes filters, fees and settings of one (never assets, tick or lot). */
export interface DefineMarket {
  readonly kind: "DefineMarket";
  readonly market: Market;
}

/** Opens, halts or pauses a market. Entering TRADING uncrosses what was collected meanwhile: the call auction. */
export interface SetMarketState {
  readonly kind: "SetMarketState";
  readonly market: MarketId;
  readonly state: TradingState;
}

/** The shard's time: epoch ms, from the owner only. An earlier time than the state's changes nothing. */
export interface Tick {
  readonly kind: "Tick";
  readonly time: number;
}

export type Command =
  | PlaceOrder
  | PlaceOrderList
  | CancelOrder
  | CancelOrderList
  | ReplaceOrder
  | CancelAllOrders
  | AmendOrder
  | Deposit
  | Withdraw
  | DefineAsset
  | DefineMarket
  | SetMarketState
  | Tick;

export type CommandKind = Command["kind"];

/** In the order of their tags in the encodings: new ones are only added at the end. */
export const COMMAND_KINDS = [
  "PlaceOrder",
  "CancelOrder",
  "CancelAllOrders",
  "AmendOrder",
  "Deposit",
  "Withdraw",
  "DefineAsset",
  "DefineMarket",
  "Tick",
  "PlaceOrderList",
  "CancelOrderList",
  "ReplaceOrder",
  "SetMarketState",
] as const satisfies readonly CommandKind[];
