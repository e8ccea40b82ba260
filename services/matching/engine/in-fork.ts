import type { Command, CommandKind } from "#shared/domain/command.ts";
import type { RejectReason } from "#shared/domain/event.ts";
import type { MarketState } from "./market-state.ts";
import type { Shard } from "./shard.ts";

/** What could not be undone, or is not a trader's: architecture, section 5, "Nothing irreversible in a fork". */
const NOT_IN_FORK: ReadonlySet<CommandKind> = new Set<CommandKind>([
  "Deposit",
  "Withdraw",
  "TransferOut",
  "TransferIn",
  "TransferSettled",
  "DefineAsset",
  "DefineMarket",
  "SetMarketState",
  "ForkCommand",
  "ForkReplayEnded",
]);

/** Why a provisional branch refuses a command, whatever the command says; `undefined` if it does not. */
export function refusedInFork(shard: Shard, command: Command): RejectReason | undefined {
  return shard.provisional && NOT_IN_FORK.has(command.kind) ? "not-in-fork" : undefined;
}

/** Why a market takes no orders now; `undefined` if it does. */
export function haltedInFork(shard: Shard, market: MarketState): RejectReason | undefined {
  return shard.provisional && market.market.partitionPolicy === "halt" ? "market-halts-in-fork" : undefined;
}
