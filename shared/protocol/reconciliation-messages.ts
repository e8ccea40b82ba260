/** What clients are told of a fork that was reconciled: over Socket.IO (socket.ts) in short, over REST with everything that concerns them. */

/** What became of the commands of a fork, by verdict (docs/regions.md, "Healing"). */
export interface WireCommandCounts {
  readonly confirmed: number;
  readonly merged: number;
  readonly reduced: number;
  readonly refused: number;
  readonly overtaken: number;
  readonly skipped: number;
}

/** A reconciliation in short; it names nobody. Sent to everybody when it is complete, and again after a restart of the Region, if the end came in between. */
export interface ReconciliationMessage {
  /** `<shard>:<fork>` */
  readonly id: string;
  readonly shard: string;
  readonly fork: string;
  /** The Region in whose log the fork lives. */
  readonly region: string;
  /** The canonical branch and epoch into which it was replayed last. */
  readonly branch: string;
  readonly epoch: number;
  readonly state: "replaying" | "reconciled";
  /** Of the first and the last command of the replay, in the canonical lineage; and the shard's time then, epoch ms. */
  readonly startedSeq: number;
  readonly endedSeq: number;
  readonly startedAt: number;
  readonly endedAt: number;
  /** The markets in which the fork traded. */
  readonly symbols: readonly string[];
  readonly commands: WireCommandCounts;
  /** Provisional fills: how many stand in full, how many were busted in part or in full. */
  readonly fills: { readonly confirmed: number; readonly conflicted: number };
}

/** A provisional fill of the fork, and what became of it. Amounts and prices are decimal strings. */
export interface WireVerdictFill {
  readonly symbol: string;
  /** The fork's own number: the `tradeId` of the provisional report. */
  readonly tradeId: number;
  readonly price: string;
  readonly quantity: string;
  readonly confirmedQuantity: string;
  /** What was busted; "0…" where the fill stands. */
  readonly conflictedQuantity: string;
  readonly isBuyerMaker: boolean;
  /** The asker's own sides of it; empty where it is somebody else's. */
  readonly own: readonly {
    readonly orderId: number;
    readonly side: "BUY" | "SELL";
    readonly isMaker: boolean;
    readonly commissionAmount: string;
    readonly commissionAsset: string;
  }[];
}

/** One of the asker's commands of the fork. */
export interface WireVerdictCommand {
  readonly n: number;
  /** Its seq in the canonical lineage. */
  readonly seq: number;
  readonly command: string;
  /** 0 where it names no order. */
  readonly orderId: number;
  /** Under which the order stands: another than `orderId` where that was merged; 0 where it names no order, or the order stands nowhere. */
  readonly canonicalOrderId: number;
  readonly verdict: keyof WireCommandCounts;
  /** Of `refused` and `overtaken`: the name of an error of the catalogue; "" otherwise. */
  readonly reason: string;
}

/** How the asker stood in the fork and how the asker stands since, free and locked together: what reconciliation changed. */
export interface WireAdjustment {
  readonly asset: string;
  readonly before: string;
  readonly after: string;
  /** after - before, signed */
  readonly difference: string;
}

/** A line of a compensation: what a busted fill had moved, moved back. Signed. */
export interface WireCompensationLine {
  readonly symbol: string;
  /** The fork's own number. */
  readonly tradeId: number;
  readonly asset: string;
  readonly amount: string;
}

/** One reconciliation, as the asker may see it: all fills, and of accounts only the asker's own. */
export interface WireReconciliation extends ReconciliationMessage {
  readonly trades: readonly WireVerdictFill[];
  readonly ownCommands: readonly WireVerdictCommand[];
  readonly ownAdjustments: readonly WireAdjustment[];
  readonly ownCompensation: readonly WireCompensationLine[];
}

/** What one reconciliation changed for the asker: `/meridian/v1/adjustments`. */
export interface WireAccountAdjustment {
  readonly reconciliation: string;
  readonly shard: string;
  readonly epoch: number;
  readonly endedSeq: number;
  readonly time: number;
  readonly adjustments: readonly WireAdjustment[];
  readonly compensation: readonly WireCompensationLine[];
}
