import type { Asset } from "./asset.ts";
import type { AccountId, AssetId, BranchId, CommandId, MarketId, OrderId } from "./ids.ts";
import type { Market } from "./market.ts";
import type { OrderType, SelfTradePrevention, Side, TimeInForce } from "./order.ts";

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

export interface PlaceOrder {
  readonly kind: "PlaceOrder";
  readonly orderId: OrderId;
  readonly account: AccountId;
  readonly market: MarketId;
  readonly clientOrderId: string;
  readonly side: Side;
  readonly type: OrderType;
  /** GTC for LIMIT_MAKER; IOC for MARKET. */
  readonly timeInForce: TimeInForce;
  /** Ticks; 0 for MARKET. */
  readonly price: number;
  /** Lots; 0 for a MARKET order by `quoteQuantity`. */
  readonly quantity: number;
  /** Smallest units of the quote asset to spend (BUY) or to receive (SELL); 0 unless a MARKET order by quoteOrderQty. */
  readonly quoteQuantity: number;
  readonly selfTradePrevention: SelfTradePrevention;
}

/** Cancels one order, named by `orderId` or, when that is 0, by `origClientOrderId` among the account's open orders. */
export interface CancelOrder {
  readonly kind: "CancelOrder";
  readonly account: AccountId;
  readonly market: MarketId;
  readonly orderId: OrderId | 0;
  readonly origClientOrderId: string;
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

/** The shard's time: epoch ms, from the owner only. An earlier time than the state's changes nothing. */
export interface Tick {
  readonly kind: "Tick";
  readonly time: number;
}

export type Command =
  | PlaceOrder
  | CancelOrder
  | CancelAllOrders
  | AmendOrder
  | Deposit
  | Withdraw
  | DefineAsset
  | DefineMarket
  | Tick;

export type CommandKind = Command["kind"];
