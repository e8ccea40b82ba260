import type {
  BranchStarted,
  Command,
  CommandEnvelope,
  EpochEnded,
  ForkSealed,
} from "#shared/domain/command.ts";
import type { BranchId } from "#shared/domain/ids.ts";
import type { Shard } from "./shard.ts";

/** Whatever neither begins nor ends a branch. */
export type OrdinaryCommand = Exclude<Command, BranchStarted | EpochEnded | ForkSealed>;

/**
 * Rule 2 of every command: deals with the records that begin and end a branch, and with what was meant for another. `undefined` if that was all;
 * otherwise the command, for this branch to do.
 */
export function ordinaryCommand(
  shard: Shard,
  { branch, command }: CommandEnvelope,
): OrdinaryCommand | undefined {
  let isTaken = false;
  if (command.kind === "BranchStarted") isTaken = begin(shard, branch, command);
  else if (!shard.ended && branch === shard.branch) {
    if (command.kind !== "EpochEnded" && command.kind !== "ForkSealed") return command;
    isTaken = end(shard, command);
  }
  if (!isTaken) shard.events.event({ kind: "Misdirected", intended: branch });
  return undefined;
}

/** Goes over to a branch that continues from just here; the only thing that an ended branch still takes. False if it does not. */
function begin(shard: Shard, intended: BranchId, command: BranchStarted): boolean {
  const { branch, parent, parentSeq, epoch, provisional } = command;
  if (intended !== branch || branch === parent) return false;
  // The seq counts this record already.
  if (parent !== shard.branch || parentSeq !== shard.seq - 1) return false;
  shard.branch = branch;
  shard.epoch = epoch;
  shard.provisional = provisional;
  shard.ended = false;
  shard.branchChanged();
  shard.events.event({ kind: "BranchBegan", parent, parentSeq, epoch, provisional });
  return true;
}

/** Ends the branch. False if the command means another epoch or fork. */
function end(shard: Shard, command: EpochEnded | ForkSealed): boolean {
  const isThis =
    command.kind === "ForkSealed"
      ? command.fork === shard.branch
      : command.epoch === shard.epoch && !shard.provisional;
  if (!isThis) return false;
  shard.ended = true;
  shard.branchChanged();
  shard.events.event({
    kind: "BranchEnded",
    successor: command.kind === "ForkSealed" ? "" : command.successor,
  });
  return true;
}
