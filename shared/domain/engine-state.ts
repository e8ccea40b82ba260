import type { Asset } from "./asset.ts";
import type { AccountId, AssetId, BranchId, CommandId, Seq, ShardId } from "./ids.ts";
import type { Market } from "./market.ts";
import type { RestingOrder } from "./order.ts";

/** All that the fold knows, in canonical (logical) order: what snapshots hold and digests cover. */
export interface EngineState {
  readonly rulesVersion: number;
  readonly shard: ShardId;
  readonly branch: BranchId;
  readonly seq: Seq;
  readonly time: number;
  /** By id. */
  readonly assets: readonly AssetState[];
  /** By id. */
  readonly markets: readonly MarketState[];
  /** By account, then asset; balances that are zero in both parts are left out. */
  readonly balances: readonly BalanceState[];
  /** In the order in which they were folded, oldest first. */
  readonly commands: readonly RememberedCommand[];
  /** Ids of deposits, remembered for ever, in the order in which they were folded. */
  readonly deposits: readonly RememberedCommand[];
  /** In the order in which they were accepted, oldest first. */
  readonly clientOrderIds: readonly RememberedClientOrderId[];
}

export interface AssetState {
  readonly asset: Asset;
  /** Deposits minus withdrawals so far, smallest units: what all balances must add up to. */
  readonly supply: number;
}

export interface MarketState {
  readonly market: Market;
  readonly lastTradeId: number;
  readonly lastUpdateId: number;
  /** 0 before the first trade. Ticks. */
  readonly lastPrice: number;
  /** Buy orders by falling price, then time priority. */
  readonly bids: readonly RestingOrder[];
  /** Sell orders by rising price, then time priority. */
  readonly asks: readonly RestingOrder[];
}

export interface BalanceState {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly free: number;
  readonly locked: number;
}

export interface RememberedCommand {
  readonly commandId: CommandId;
  readonly seq: Seq;
  /** The shard's time when it was folded. */
  readonly time: number;
}

export interface RememberedClientOrderId {
  readonly account: AccountId;
  readonly clientOrderId: string;
  /** The shard's time when the order was accepted. */
  readonly time: number;
}
