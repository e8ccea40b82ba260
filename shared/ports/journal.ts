import type { Outcome } from "#shared/domain/event.ts";
import type { Subscription } from "./command-log.ts";

/** The archive of a shard's outcomes, dense by seq. */
export interface Journal {
  /**
   * Appends outcomes durably; outcomes already held are skipped (written twice = written once). The first may have any seq. Throws on a gap, and
   * nothing of the batch is appended then.
   */
  append(outcomes: readonly Outcome[]): Promise<void>;
  /** Outcomes with seq > `after`, in order, at most `limit`. */
  read(after: number, limit: number): Promise<readonly Outcome[]>;
  /** Every outcome after `after`, in order, without gap or repetition, until canceled. */
  subscribe(after: number, onOutcomes: (outcomes: readonly Outcome[]) => void | Promise<void>): Subscription;
  /** The highest seq held; 0 when empty. */
  lastSeq(): number;
  /** The lowest seq held; 0 when empty. */
  firstSeq(): number;
  close(): Promise<void>;
}
