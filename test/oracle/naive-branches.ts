import type { BranchStarted, CommandEnvelope, EpochEnded, ForkSealed } from "#shared/domain/command.ts";
import type { World } from "./naive-world.ts";

/** "Branches": whether the command, sent to the world's branch or another, has a place here and now. */
export function isInPlace(world: World, { branch, command }: CommandEnvelope): boolean {
  if (command.kind === "BranchStarted")
    return (
      branch === command.branch &&
      command.branch !== command.parent &&
      command.parent === world.branch &&
      // The seq before this command.
      command.parentSeq === world.seq - 1
    );
  if (world.ended || branch !== world.branch) return false;
  if (command.kind === "EpochEnded") return !world.provisional && command.epoch === world.epoch;
  return command.kind !== "ForkSealed" || command.fork === world.branch;
}

export function startBranch(world: World, command: BranchStarted): void {
  const { branch, parent, parentSeq, epoch, provisional } = command;
  Object.assign(world, { branch, epoch, provisional, ended: false });
  world.events.push({ kind: "BranchBegan", parent, parentSeq, epoch, provisional });
}

export function endBranch(world: World, command: EpochEnded | ForkSealed): void {
  world.ended = true;
  world.events.push({
    kind: "BranchEnded",
    successor: command.kind === "EpochEnded" ? command.successor : "",
  });
}
