import type { CommandKind, ForkBalance, ForkFill } from "./command.ts";
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
} from "./ids.ts";

// What happens to branches and forks, and to funds between shards: part of `Event` (event.ts).

/** A branch begins: its first event. */
export interface BranchBegan {
  readonly kind: "BranchBegan";
  readonly parent: BranchId;
  readonly parentSeq: Seq;
  readonly epoch: number;
  readonly provisional: boolean;
}

/** A branch has ended: handed over (`successor`), or a fork that was sealed (""). */
export interface BranchEnded {
  readonly kind: "BranchEnded";
  readonly successor: RegionId | "";
}

export interface TransferredOut {
  readonly kind: "TransferredOut";
  readonly transferId: CommandId;
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: number;
  readonly toShard: ShardId;
}

export interface TransferredIn {
  readonly kind: "TransferredIn";
  readonly transferId: CommandId;
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: number;
  readonly fromShard: ShardId;
}

/** A transfer is no longer in flight. */
export interface TransferEnded {
  readonly kind: "TransferEnded";
  readonly transferId: CommandId;
}

/** What became of a fork's command on the canonical side; its own events follow in the same outcome. */
export const REPLAY_RESULTS = ["replayed", "merged", "skipped"] as const;
export type ReplayResult = (typeof REPLAY_RESULTS)[number];

export interface ForkCommandReplayed {
  readonly kind: "ForkCommandReplayed";
  readonly fork: BranchId;
  readonly n: number;
  readonly commandId: CommandId;
  readonly command: CommandKind;
  readonly account: AccountId;
  readonly orderId: OrderId | 0;
  /** `merged`: the client had sent it another way; its first outcome is at `firstSeq` (0 otherwise). */
  readonly result: ReplayResult;
  readonly firstSeq: Seq;
  readonly fills: readonly ForkFill[];
}

/**
 * A command would have brought orders, and the first one of its id had brought them already, under ids of its own: whoever was told these ids finds there
 * what they name. Behind the `CommandRepeated` or the merged `ForkCommandReplayed` that it explains.
 */
export interface OrdersMerged {
  readonly kind: "OrdersMerged";
  /** Of both commands. */
  readonly commandId: CommandId;
  readonly account: AccountId;
  readonly market: MarketId;
  /** Of an order list; 0 and "" otherwise. */
  readonly listId: OrderListId | 0;
  readonly listClientOrderId: string;
  /** In the order of the list. */
  readonly orders: readonly MergedOrder[];
}

/** An order's id, and the client's own name of it, which it shares with the order that it was merged with. */
export interface MergedOrder {
  readonly orderId: OrderId;
  readonly clientOrderId: string;
}

/** A fork's command out of turn: nothing happened. */
export interface ForkCommandIgnored {
  readonly kind: "ForkCommandIgnored";
  readonly fork: BranchId;
  readonly n: number;
  readonly cursor: number;
}

/** How an account stood in a fork when it was sealed, and how it stands here now that the fork's commands are replayed. */
export interface ReplayedBalance extends ForkBalance {
  readonly canonicalFree: number;
  readonly canonicalLocked: number;
}

/** How the accounts of a fork stood when it was sealed; with `last` its replay is complete. */
export interface ForkReplayDone {
  readonly kind: "ForkReplayDone";
  readonly fork: BranchId;
  readonly n: number;
  readonly balances: readonly ReplayedBalance[];
  readonly last: boolean;
}
