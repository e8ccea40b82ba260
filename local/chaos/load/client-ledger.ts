import { assert } from "#shared/domain/invariant.ts";

/** What a client knows of an order that it sent: its own words and the platform's answers, nothing else. */
export interface LedgerEntry {
  readonly account: string;
  readonly clientOrderId: string;
  readonly side: "BUY" | "SELL";
  readonly price: string;
  readonly quantity: string;
  /** Monotonic ms. */
  readonly sentAt: number;
  attempts: number;
  /** Attempts that ended without a word on what became of the order. */
  unknowns: number;
  /** The last answer that did not settle it, for who looks into one that never was. */
  lastAnswer?: string;
  outcome?: Outcome;
}

export type Outcome =
  | {
      readonly kind: "acknowledged";
      readonly at: number;
      readonly orderId: number;
      readonly executedQty: string;
      readonly provisional: boolean;
    }
  | { readonly kind: "refused"; readonly at: number; readonly code: number };

/** Everything that the clients of an experiment sent and were told. */
export class ClientLedger {
  readonly #entries: LedgerEntry[] = [];
  #settled = 0;
  /** Monotonic ms of attempts that were answered with "later" or not at all. */
  readonly failures: number[] = [];
  /** Monotonic ms of those of them that admission control told to come later. */
  readonly toldToWait: number[] = [];

  add(entry: LedgerEntry): void {
    this.#entries.push(entry);
  }

  /** The client was told what became of the order: once. */
  settle(entry: LedgerEntry, outcome: Outcome): void {
    assert(entry.outcome === undefined, "an order's outcome is told once");
    entry.outcome = outcome;
    this.#settled++;
  }

  get entries(): readonly LedgerEntry[] {
    return this.#entries;
  }

  /** Orders of which nobody has told the client yet what became of them. */
  get open(): number {
    return this.#entries.length - this.#settled;
  }
}
