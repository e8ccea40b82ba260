/** Where some positions of a log stand in the stream that holds it: whoever reads from a position on begins at the mark before it. Small, durable, shared by all readers of a log. */
export interface LogMarks {
  /** In the order of their positions. */
  list(log: string): Promise<readonly LogMark[]>;
  /** Keeps a mark, in place of an earlier one at the same position (a stream record that holds no command leaves the position as it is). */
  put(log: string, mark: LogMark): Promise<void>;
  /** Nothing at or before `through` is read any more: forgets the marks that only that needs. Never lowered. */
  trim(log: string, through: number): Promise<void>;
  /** Up to which position a log was trimmed; 0 when it never was. */
  trimmed(log: string): Promise<number>;
  close(): Promise<void>;
}

/** The stream's record with this sequence number begins right behind `position`. */
export interface LogMark {
  readonly position: number;
  readonly streamShard: string;
  readonly sequenceNumber: string;
}
