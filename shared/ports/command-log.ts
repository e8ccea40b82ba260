/** The way into a shard's log for who does not read it. */
export interface CommandAppender {
  /** As `CommandLog.append`, without a position: only who reads the log knows it. */
  append(bytes: Uint8Array): Promise<AppendAnswer>;
}

/** The ordered, durable commands of a shard in one Region. */
export interface CommandLog extends CommandAppender {
  /**
   * Appends one encoded command. Resolves when it is durable (fsync), with its position.
   * `"overloaded"`: the bounded buffer is full, nothing was appended. `"unknown"`: it may or may not have been appended;
   * retry with the same command id.
   */
  append(bytes: Uint8Array): Promise<AppendResult>;
  /** Records after a position, in order, at most `limit`. */
  read(after: number, limit: number): Promise<readonly LogRecord[]>;
  /**
   * Calls `onRecords` with every record after `after`, in order, without gap or repetition, old ones first, until canceled.
   * The next call comes after the returned promise (if any) resolved.
   */
  subscribe(after: number, onRecords: (records: readonly LogRecord[]) => void | Promise<void>): Subscription;
  /** The position of the last record; 0 when empty. */
  lastPosition(): number;
  /** Forgets records at or before a position (they are in a snapshot and in the journal). */
  trim(through: number): Promise<void>;
  close(): Promise<void>;
}

export interface LogRecord {
  /** Rising, not necessarily dense. */
  readonly position: number;
  readonly bytes: Uint8Array;
}

export type AppendResult = { readonly ok: true; readonly position: number } | NotAppended;
export type AppendAnswer = { readonly ok: true } | NotAppended;
export interface NotAppended {
  readonly ok: false;
  readonly error: "overloaded" | "unknown" | "closed";
}

export interface Subscription {
  cancel(): void;
}
