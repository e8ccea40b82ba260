import type { BranchState } from "#shared/domain/encoding/state-encoding.ts";
import type { Shard } from "./shard.ts";

/** Where the shard stands among branches, shards and forks: what a snapshot ends with. */
export function branchStateOf({ epoch, provisional, ended, transfers, forks }: Shard): BranchState {
  return { epoch, provisional, ended, transfers: transfers.states(), forks: forks.states() };
}

/** Takes it over from a snapshot. */
export function restoreBranchState(shard: Shard, state: BranchState): void {
  shard.epoch = state.epoch;
  shard.provisional = state.provisional;
  shard.ended = state.ended;
  shard.branchChanged();
  for (const transfer of state.transfers) shard.transfers.add(transfer);
  for (const fork of state.forks) shard.forks.set(fork);
}
