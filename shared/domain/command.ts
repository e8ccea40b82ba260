import type { Asset } from "./asset.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  OrderListId,
  RegionId,
  Seq,
  ShardId,
  TradeId,
} from "./ids.ts";
import type { Market, TradingState } from "./market.ts";
import type { Contingency, OrderTerms, Side } from "./order.ts";

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

/** The first record of a branch: a reign that begins (epoch + 1), or a fork (`provisional`) of the same epoch. */
export interface BranchStarted {
  readonly kind: "BranchStarted";
  readonly branch: BranchId;
  readonly parent: BranchId;
  /** The last seq of the parent that belongs to this branch's past. */
  readonly parentSeq: Seq;
  readonly epoch: number;
  readonly provisional: boolean;
}

/** The owner hands the shard over: nothing follows in this branch but the successor's. */
export interface EpochEnded {
  readonly kind: "EpochEnded";
  readonly epoch: number;
  readonly successor: RegionId;
}

/** Ends a fork, in its own log: what comes later for it is forwarded, not replayed. */
export interface ForkSealed {
  readonly kind: "ForkSealed";
  readonly fork: BranchId;
}

/** Takes funds out of this shard, to be credited at another, once the command is final. The transfer's id is the command's id. */
export interface TransferOut {
  readonly kind: "TransferOut";
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: number;
  readonly toShard: ShardId;
}

/** Credits what another shard sent, once for ever by the transfer's id. Never refused. */
export interface TransferIn {
  readonly kind: "TransferIn";
  readonly transferId: CommandId;
  readonly account: AccountId;
  readonly asset: AssetId;
  /** The asset's scale: an asset that this shard does not know yet is defined by it. */
  readonly scale: number;
  readonly amount: number;
  readonly fromShard: ShardId;
}

/** The other shard has credited it for good: it is no longer in flight. */
export interface TransferSettled {
  readonly kind: "TransferSettled";
  readonly transferId: CommandId;
}

/** How a command of a fork enters the canonical log (architecture, section 5, "No trades that nobody wanted"). */
export const REPLAY_MODES = [
  /** As it was. */
  "as-was",
  /** Its order as LIMIT IOC, no worse and no more than it provisionally traded. */
  "immediate",
  /** Not at all: an immediate order that traded nothing. */
  "skip",
] as const;
export type ReplayMode = (typeof REPLAY_MODES)[number];

/** A provisional trade of a fork. */
export interface ForkFill {
  readonly market: MarketId;
  /** The fork's own number. */
  readonly tradeId: TradeId;
  readonly price: number;
  readonly quantity: number;
  readonly quote: number;
  readonly takerSide: Side;
  readonly makerOrderId: OrderId;
  readonly takerOrderId: OrderId;
  readonly makerAccount: AccountId;
  readonly takerAccount: AccountId;
  readonly makerFee: number;
  readonly takerFee: number;
}

/** The n-th command of a fork, replayed. Taken only if n is the fork's cursor + 1. */
export interface ForkCommand {
  readonly kind: "ForkCommand";
  readonly fork: BranchId;
  readonly n: number;
  /** The id that the command had in the fork, and keeps. */
  readonly commandId: CommandId;
  readonly command: ReplayableCommand;
  readonly mode: ReplayMode;
  /** For `immediate`: the worst price that it provisionally traded at, in ticks, and how many lots; 0 otherwise. */
  readonly price: number;
  readonly quantity: number;
  /** What the command provisionally traded in the fork, carried for the verdicts; at most {@link MAX_FORK_FILLS}. */
  readonly fills: readonly ForkFill[];
}

/** More fills of one command follow in further ForkCommands (the next n) of the same id, mode `skip`: they are `merged`. */
export const MAX_FORK_FILLS = 5_000;

/** How an account stood in a fork when it was sealed. */
export interface ForkBalance {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly free: number;
  readonly locked: number;
}

/** Behind the last command of a fork: how the accounts that it touched stood. At most {@link MAX_FORK_BALANCES} a command; the `last` ends the replay. */
export interface ForkReplayEnded {
  readonly kind: "ForkReplayEnded";
  readonly fork: BranchId;
  readonly n: number;
  readonly balances: readonly ForkBalance[];
  readonly last: boolean;
}

export const MAX_FORK_BALANCES = 500;

/** What is replayed of a fork. Ticks, definitions and market states are not; funding only occurs in what lies beyond a cut. */
export type ReplayableCommand =
  | PlaceOrder
  | PlaceOrderList
  | CancelOrder
  | CancelOrderList
  | ReplaceOrder
  | CancelAllOrders
  | AmendOrder
  | Deposit
  | Withdraw
  | TransferOut
  | TransferIn
  | TransferSettled;

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
  | Tick
  | BranchStarted
  | EpochEnded
  | ForkSealed
  | TransferOut
  | TransferIn
  | TransferSettled
  | ForkCommand
  | ForkReplayEnded;

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
  "BranchStarted",
  "EpochEnded",
  "ForkSealed",
  "TransferOut",
  "TransferIn",
  "TransferSettled",
  "ForkCommand",
  "ForkReplayEnded",
] as const satisfies readonly CommandKind[];
