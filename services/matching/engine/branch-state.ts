import type { BranchState } from "#shared/domain/encoding/state-parts.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Shard } from "./shard.ts";

/** Where the shard stands among branches, shards and forks: what a snapshot ends with. */
export function branchStateOf({ epoch, provisional, ended, transfers, forks }: Shard): BranchState {
  return { epoch, provisional, ended, transfers: transfers.states(), forks: forks.states() };
}

/** Takes it over from a snapshot. Throws `InvariantViolation` for transfers or forks that do not stand as `branchStateOf` gives them. */
export function restoreBranchState(shard: Shard, state: BranchState): void {
  shard.epoch = state.epoch;
  shard.provisional = state.provisional;
  shard.ended = state.ended;
  shard.branchChanged();
  assert(isRising(state.transfers.map(({ transferId }) => transferId)), "transfers stand by id");
  assert(isRising(state.forks.map(({ fork }) => fork)), "forks stand by id");
  for (const transfer of state.transfers) shard.transfers.add(transfer);
  for (const fork of state.forks) shard.forks.set(fork);
}

/** True for ids of which each comes after the one before it. */
function isRising(ids: readonly string[]): boolean {
  return ids.every((id, at) => at === 0 || (ids[at - 1] as string) < id);
}
