import type { Outcome } from "#shared/domain/event.ts";
import type { AccountId, AssetId, BranchId, CommandId, MarketId, Seq, ShardId } from "#shared/domain/ids.ts";

/** An outcome of a seq, different from that of any other seq. */
export function sampleOutcome(seq: number, branch = "us-east-1.1"): Outcome {
  return {
    shard: "shard-1" as ShardId,
    branch: branch as BranchId,
    seq: seq as Seq,
    time: 1_700_000_000_000 + seq,
    commandId: seq.toString(16).padStart(32, "0") as CommandId,
    events: [
      {
        kind: "BalanceChanged",
        account: ((seq % 7) + 1) as AccountId,
        asset: "USDT" as AssetId,
        free: seq,
        locked: 2 ** 53 - 1 - seq,
      },
      {
        kind: "LevelChanged",
        market: "BTCUSDT" as MarketId,
        side: seq % 2 === 0 ? "BUY" : "SELL",
        price: seq,
        quantity: 3 * seq,
        updateId: seq,
      },
    ],
  };
}

/** Outcomes of the seqs from `first` to `last`, both inclusive. */
export function sampleOutcomes(first: number, last: number, branch?: string): Outcome[] {
  return Array.from({ length: last - first + 1 }, (_, at) => sampleOutcome(first + at, branch));
}
