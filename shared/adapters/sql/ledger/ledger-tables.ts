import type { ColumnType, Generated } from "kysely";

/** An integer that may be too large for a number: databases give it as a number, a bigint or text. */
type Integer = ColumnType<string | number | bigint, string | number, never>;

/** The ledger's tables as Kysely sees them; `ledger-migrations.ts` makes them. */
export interface LedgerTables {
  readonly ledger_transactions: {
    readonly id: Generated<Integer>;
    readonly shard: string;
    readonly branch: string;
    readonly seq: Integer;
    readonly event_index: number;
    readonly kind: string;
    readonly state: string;
    readonly time_ms: Integer;
    readonly market: string;
    /** Of a reversing transaction: what it undoes. */
    readonly reverses: Integer | null;
  };
  readonly ledger_entries: {
    readonly transaction_id: Integer;
    readonly line: number;
    readonly account: Integer;
    readonly asset: string;
    readonly amount: Integer;
  };
  readonly ledger_balances: {
    readonly shard: string;
    readonly account: Integer;
    readonly asset: string;
    readonly state: string;
    readonly amount: Integer;
  };
  readonly ledger_forks: {
    readonly shard: string;
    readonly branch: string;
    readonly time_ms: Integer;
  };
  readonly ledger_volume_by_day: {
    readonly day: string;
    readonly market: string;
    readonly base: string;
    readonly base_amount: Integer;
    readonly quote: string;
    readonly quote_amount: Integer;
    readonly trades: Integer;
  };
  readonly ledger_fees_by_day: { readonly day: string; readonly asset: string; readonly amount: Integer };
  readonly ledger_positions_by_day: {
    readonly day: string;
    readonly account: Integer;
    readonly asset: string;
    readonly amount: Integer;
  };
}
