import type { AccountId, AssetId, BranchId, MarketId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { EventPlace } from "#shared/protocol/bus/event-name.ts";
import { OperatingError } from "./operating-error.ts";

/**
 * The books of the exchange in double entry: transactions whose entries add up to zero for each asset. Nothing is ever changed or deleted; what was provisional is put right by a reversing transaction. Amounts are integers of the
 * asset's smallest unit, as `bigint`: sums pass 2^53.
 */
export interface Ledger {
  /**
   * Writes transactions, and reverses what was provisional in forks that are over: all of it or nothing, durable when it resolves. A name that is there is passed over, so whoever hears of an event twice writes it once; and it does not matter
   * whether a fork's transactions or its end come first. Returns how many transactions of the given ones were new. Rejects with `LedgerUnavailable` when the database cannot be reached (nothing is known of the outcome: do it again), and with
   * another error where the database refuses a transaction: one that does not add up.
   */
  record(batch: LedgerBatch): Promise<number>;
  /** What each account held of each asset in a shard, by final transactions up to a seq of its lineage, both inclusive; sums that are zero are left out. By account, then asset. */
  balances(shard: ShardId, through: Seq): Promise<readonly LedgerBalance[]>;
  /** What an account holds of each asset in each shard, final and provisional; sums that are zero are left out. By shard, asset, state. */
  holdings(account: AccountId): Promise<readonly LedgerHolding[]>;
  /** Lines of an account, the newest first, at most `limit`. */
  statement(query: StatementQuery): Promise<readonly StatementLine[]>;
  /** Final volume of each market by UTC day, in both of its assets. By day, then market. */
  volumeByDay(range: DayRange): Promise<readonly DayVolume[]>;
  /** Fees collected by UTC day and asset. */
  feesByDay(range: DayRange): Promise<readonly DayAmount[]>;
  /** What an account held at the end of each UTC day on which it changed. */
  positionsByDay(account: AccountId, range: DayRange): Promise<readonly DayAmount[]>;
  close(): Promise<void>;
}

/** The other side of what comes from outside and goes there. */
export const EXTERNAL_ACCOUNT = -1 as AccountId;
/** What is on its way between shards. */
export const TRANSIT_ACCOUNT = -2 as AccountId;

export const LEDGER_KINDS = ["trade", "deposit", "withdrawal", "transfer-out", "transfer-in"] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];
/** `provisional`: of a fork. It never becomes final: a reversing transaction follows when the fork is over, and what the lineage made of it is written under its own name. */
export type LedgerState = "final" | "provisional";

export interface LedgerBatch {
  readonly transactions: readonly LedgerTransaction[];
  /** Forks whose replay is complete and final. */
  readonly endedForks: readonly EndedFork[];
}

/** Named by its event. */
export interface LedgerTransaction extends EventPlace {
  readonly kind: LedgerKind;
  readonly state: LedgerState;
  /** The shard's time, epoch ms. */
  readonly time: number;
  readonly market: MarketId | "";
  readonly entries: readonly LedgerEntry[];
}

export interface LedgerEntry {
  readonly account: AccountId;
  readonly asset: AssetId;
  /** Positive: the account has more. Never zero. */
  readonly amount: bigint;
}

export interface EndedFork {
  readonly shard: ShardId;
  readonly fork: BranchId;
  /** The shard's time at which it ended, epoch ms. */
  readonly time: number;
}

export interface LedgerBalance {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly amount: bigint;
}

export interface LedgerHolding {
  readonly shard: ShardId;
  readonly asset: AssetId;
  readonly state: LedgerState;
  readonly amount: bigint;
}

export interface StatementQuery {
  readonly account: AccountId;
  /** Only lines before this one. */
  readonly before?: bigint;
  readonly asset?: AssetId;
  readonly limit: number;
}

export interface StatementLine extends EventPlace {
  /** Rises with each line of the ledger. */
  readonly id: bigint;
  readonly kind: LedgerKind | "reversal";
  readonly state: LedgerState;
  /** True once a reversing transaction undid it. */
  readonly isReversed: boolean;
  readonly time: number;
  readonly market: MarketId | "";
  readonly asset: AssetId;
  readonly amount: bigint;
}

/** UTC days as `2026-11-30`, both inclusive. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

export interface DayVolume {
  readonly day: string;
  readonly market: MarketId;
  readonly base: AssetId;
  readonly baseAmount: bigint;
  readonly quote: AssetId;
  readonly quoteAmount: bigint;
  readonly trades: number;
}

export interface DayAmount {
  readonly day: string;
  readonly asset: AssetId;
  readonly amount: bigint;
}

/** The ledger for who has no part in writing it. */
export type LedgerReader = Pick<Ledger, "statement" | "holdings" | "balances" | "close">;

/** The ledger's database cannot be reached, or it ended in the middle. */
export class LedgerUnavailable extends OperatingError {
  override readonly name = "LedgerUnavailable";
}
