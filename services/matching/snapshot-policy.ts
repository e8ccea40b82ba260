/** A snapshot is due after so many commands, or after so long. */
export interface SnapshotPolicy {
  /** While the state is small. */
  readonly commandsMin: number;
  /** However large it is. */
  readonly commandsMax: number;
  readonly intervalMs: number;
}

/** So much of snapshots is written for each command, at most, between the two bounds of a policy: about what a command takes on the log and in the journal. */
const BYTES_A_COMMAND = 400;

/**
 * How many commands lie between a snapshot and the next. What goes back with its tape - folds in both zones, facts, tables, views - goes back to a snapshot and takes everything behind it again, in the process in which orders come in: the nearer the
 * last one is, the sooner a disturbance is over. What a snapshot costs goes by its size.
 *
 * @param bytes size of the last one; 0 where none is known
 */
export function commandsBetween({ commandsMin, commandsMax }: SnapshotPolicy, bytes: number): number {
  return Math.min(commandsMax, Math.max(commandsMin, Math.ceil(bytes / BYTES_A_COMMAND)));
}
