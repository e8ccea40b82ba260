/** What operators did in a Region, and what they were refused: written once, never changed, kept for ever. */
export interface AuditTrail {
  /** Durable when it resolves. Rejects where it could not be written; the caller must not act then. An entry whose id is held already changes nothing. */
  write(entry: AuditEntry): Promise<void>;
  /** The newest first. */
  read(query: AuditQuery): Promise<readonly AuditEntry[]>;
  close(): Promise<void>;
}

/** `begun` is written before anything is done; one of the others follows it. What was refused before it began has a `refused` alone. */
export const AUDIT_OUTCOMES = ["begun", "done", "refused", "failed"] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export interface AuditEntry {
  /** Rises with time. */
  readonly id: string;
  /** The id of the entry with which the action began; its own for one that begins or is refused at once. */
  readonly action: string;
  /** Epoch ms. */
  readonly time: number;
  /** The operator's name; "" for one that nobody knows. */
  readonly operator: string;
  /** The network address. */
  readonly from: string;
  /** As the API's operations are called: `promote`. */
  readonly operation: string;
  /** What it was asked for, as JSON. */
  readonly request: string;
  readonly outcome: AuditOutcome;
  /** The code of a refusal (docs/errors.md); 0 otherwise. */
  readonly code: number;
}

export interface AuditQuery {
  /** Only entries before the one of this id. */
  readonly before?: string;
  readonly limit: number;
}
