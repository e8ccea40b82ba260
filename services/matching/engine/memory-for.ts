import type { CommandKind } from "#shared/domain/command.ts";
import type { CommandMemory } from "./command-memory.ts";
import type { Shard } from "./shard.ts";

/** Harmless however often it comes, by its nature: neither its id nor its validity is looked at. */
export function isRepeatable(kind: CommandKind): boolean {
  return (
    kind === "Tick" || kind === "TransferSettled" || kind === "ForkCommand" || kind === "ForkReplayEnded"
  );
}

/** Where an id is remembered as soon as it comes; `undefined` for none: a repeatable kind, and a TransferIn, which is remembered when it is credited. */
export function memoryFor({ commands, deposits }: Shard, kind: CommandKind): CommandMemory | undefined {
  if (isRepeatable(kind) || kind === "TransferIn") return undefined;
  return kind === "Deposit" || kind === "TransferOut" ? deposits : commands;
}
