import type { CommandEnvelope, CommandKind } from "#shared/domain/command.ts";

/** What a Region says about its own log and shard: of no use anywhere else. */
const OWN: ReadonlySet<CommandKind> = new Set<CommandKind>([
  "Tick",
  "BranchStarted",
  "EpochEnded",
  "ForkSealed",
  // The replay of a fork sends these again by itself.
  "ForkCommand",
  "ForkReplayEnded",
  // Administration is repeated by whoever wants it, knowing the shard's present state.
  "DefineAsset",
  "DefineMarket",
  "SetMarketState",
]);

/** True for a client's command: its effect is still owed to somebody, or its refusal. Past its `validUntil` the fold refuses it. */
export function forwardable({ command }: CommandEnvelope): boolean {
  return !OWN.has(command.kind);
}
