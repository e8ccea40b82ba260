import type { EngineState } from "./engine-state.ts";
import type { Seq, ShardId } from "./ids.ts";
import { ROOT_BRANCH } from "./lineage.ts";
import { RULES_VERSION } from "./rules.ts";

/** The state of a shard before its first command: no markets, no money, time 0. */
export function genesisState(shard: ShardId): EngineState {
  return {
    rulesVersion: RULES_VERSION,
    shard,
    branch: ROOT_BRANCH,
    epoch: 0,
    provisional: false,
    ended: false,
    seq: 0 as Seq,
    time: 0,
    lastPriority: 0,
    assets: [],
    markets: [],
    balances: [],
    commands: [],
    deposits: [],
    clientOrderIds: [],
    transfers: [],
    forks: [],
  };
}
