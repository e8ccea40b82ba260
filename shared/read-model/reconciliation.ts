import type { ForkFill } from "#shared/domain/command.ts";
import type { ReplayResult } from "#shared/domain/event.ts";
import type {
  AccountId,
  AssetId,
  BranchId,
  CommandId,
  MarketId,
  OrderId,
  Seq,
  ShardId,
} from "#shared/domain/ids.ts";

/** What became of one fork: a function of the canonical log. Integers as in the domain. */
export interface Reconciliation {
  /** `<shard>:<fork>` */
  readonly id: string;
  readonly shard: ShardId;
  readonly fork: BranchId;
  /** The canonical branch and epoch into which it was replayed last. */
  readonly branch: BranchId;
  readonly epoch: number;
  readonly state: "replaying" | "reconciled";
  /** Of the first and the last command of the replay, in the canonical lineage; and the shard's time then. */
  readonly startedSeq: Seq;
  readonly endedSeq: Seq;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly commands: readonly ReplayedCommand[];
  /** Orders of commands that were `merged`, and the ids under which they stand; 0 for one that stands nowhere. None where nothing is written. */
  readonly merged?: readonly { readonly orderId: OrderId; readonly canonicalOrderId: OrderId | 0 }[];
  readonly fills: readonly ReconciledFill[];
  /** One for each account and asset that the fork or its compensation touched. */
  readonly adjustments: readonly Adjustment[];
}

/** Why a command of a fork has, or has not, the effect that it had there. */
export const COMMAND_VERDICTS = [
  /** Taken; its trades have verdicts of their own. */
  "confirmed",
  /** The client had already sent it another way. */
  "merged",
  /** An immediate order that traded less here than it had provisionally; what is missing was not executed. */
  "reduced",
  /** Not taken here: the canonical side says why. */
  "refused",
  /** A cancel that came too late: the canonical side had filled or ended the order. */
  "overtaken",
  /** It had traded nothing and left nothing in the book: nothing to repeat. */
  "skipped",
] as const;
export type CommandVerdict = (typeof COMMAND_VERDICTS)[number];

export interface ReplayedCommand {
  readonly n: number;
  readonly seq: Seq;
  readonly commandId: CommandId;
  readonly command: string;
  readonly account: AccountId;
  readonly orderId: OrderId | 0;
  readonly result: ReplayResult;
  readonly verdict: CommandVerdict;
  /** Of `refused` and `overtaken`: the engine's reason; "" otherwise. */
  readonly reason: string;
}

/** A provisional fill and how much of it the canonical lineage also traded; what is conflicted was busted. Lots. */
export interface ReconciledFill extends ForkFill {
  readonly confirmed: number;
  readonly conflicted: number;
}

/** How an account stood in the fork, and how it stands since: the difference is what the reconciliation changed. Smallest units, free and locked together. */
export interface Adjustment {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly before: number;
  readonly after: number;
  readonly difference: number;
}

/** A line of a compensation: what is taken back from, or given back to, an account for the busted part of a fill. The lines of a fill add up to zero by asset. */
export interface CompensationLine {
  readonly market: MarketId;
  readonly tradeId: number;
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: number;
}

/** Whoever sent a command of the fork, traded in it, or was left with another balance. */
export function touchedAccounts({ commands, fills, adjustments }: Reconciliation): ReadonlySet<number> {
  return new Set([
    ...commands.map(({ account }) => account),
    ...fills.flatMap(({ makerAccount, takerAccount }) => [makerAccount, takerAccount]),
    ...adjustments.map(({ account }) => account),
  ]);
}
