/** What its supervisor tells a Region's process while it runs. */
export interface RegionUpdate {
  /** So many outcomes a second go into each shard's journal at most; `null` for as many as it takes. */
  readonly journalPerSecond: number | null;
  /** The ledger takes nothing from its queue. */
  readonly isLedgerStalled?: boolean | undefined;
}
