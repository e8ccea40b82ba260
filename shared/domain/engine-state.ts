import type { Asset } from "./asset.ts";
import type { AccountId, AssetId, BranchId, CommandId, Seq, ShardId } from "./ids.ts";
import type { Market, TradingState } from "./market.ts";
import type { OpenOrder, OpenOrderList } from "./order.ts";

/** All that the fold knows, in canonical (logical) order: what snapshots hold and digests cover. */
export interface EngineState {
  readonly rulesVersion: number;
  readonly shard: ShardId;
  readonly branch: BranchId;
  readonly epoch: number;
  /** True in a fork: whatever happens may still be undone. */
  readonly provisional: boolean;
  /** True behind EpochEnded and ForkSealed: only another branch can go on from here. */
  readonly ended: boolean;
  readonly seq: Seq;
  readonly time: number;
  /** The last place in time that an order was given. */
  readonly lastPriority: number;
  /** By id. */
  readonly assets: readonly AssetState[];
  /** By id. */
  readonly markets: readonly MarketState[];
  /** By account, then asset; balances that are zero in both parts are left out. */
  readonly balances: readonly BalanceState[];
  /** In the order in which they were folded, oldest first. */
  readonly commands: readonly RememberedCommand[];
  /** Ids of deposits and transfers, remembered for ever, in the order in which they were folded. */
  readonly deposits: readonly RememberedCommand[];
  /** In the order in which they were accepted, oldest first. */
  readonly clientOrderIds: readonly RememberedClientOrderId[];
  /** Sent to other shards and not yet known to be credited there, by transfer id. */
  readonly transfers: readonly TransferState[];
  /** Forks that are or were replayed here, by id. */
  readonly forks: readonly ForkState[];
}

export interface AssetState {
  readonly asset: Asset;
  /** Deposits minus withdrawals, plus transfers in minus transfers out so far, smallest units: what all balances must add up to. */
  readonly supply: number;
}

export interface TransferState {
  readonly transferId: CommandId;
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: number;
  readonly toShard: ShardId;
}

/** How far a fork's replay has come: the number of its last command taken. */
export interface ForkState {
  readonly fork: BranchId;
  readonly cursor: number;
  readonly ended: boolean;
}

export interface MarketState {
  readonly market: Market;
  readonly state: TradingState;
  readonly lastTradeId: number;
  readonly lastUpdateId: number;
  readonly lastPreventedMatchId: number;
  /** 0 before the first trade. Ticks. */
  readonly lastPrice: number;
  /** Buy orders in the book by falling price, then time priority. */
  readonly bids: readonly OpenOrder[];
  /** Sell orders in the book by rising price, then time priority. */
  readonly asks: readonly OpenOrder[];
  /** Algo orders that wait for their trigger, by order id. */
  readonly waiting: readonly OpenOrder[];
  /** Orders of lists whose turn has not come, by order id. */
  readonly pending: readonly OpenOrder[];
  /** Order lists with an open order, by list id. */
  readonly lists: readonly OpenOrderList[];
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
