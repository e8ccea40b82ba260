import type { Command, CommandKind } from "#shared/domain/command.ts";
import type { CommandId, Seq } from "#shared/domain/ids.ts";
import type { World } from "./naive-world.ts";

/** Rule 3 of every command. */

const REPEATABLE: readonly CommandKind[] = ["Tick", "TransferSettled", "ForkCommand", "ForkReplayEnded"];

export function isRepeatable({ kind }: Command): boolean {
  return REPEATABLE.includes(kind);
}

/** Where a command of this id was first folded, as far as that is remembered. */
export function firstSeqOf(world: World, command: Command, commandId: CommandId): Seq | undefined {
  if (isRepeatable(command)) return undefined;
  return [...world.commands, ...world.deposits].find((each) => each.commandId === commandId)?.seq;
}

/** A command has come. */
export function rememberComing(world: World, command: Command, commandId: CommandId): void {
  if (isRepeatable(command) || command.kind === "TransferIn") return;
  const isForEver = command.kind === "Deposit" || command.kind === "TransferOut";
  (isForEver ? world.deposits : world.commands).push({ commandId, seq: world.seq, time: world.time });
}

/** A command has been done. */
export function rememberDone(world: World, command: Command, commandId: CommandId): void {
  if (command.kind === "TransferIn") world.deposits.push({ commandId, seq: world.seq, time: world.time });
}
