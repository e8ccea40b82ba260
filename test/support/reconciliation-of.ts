import { defaultDefinitions } from "#shared/config/definitions.ts";
import type { AccountId, AssetId, BranchId, CommandId, OrderId, Seq, TradeId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Reconciliation } from "#shared/read-model/reconciliation.ts";
import { ONE_SHARD } from "./one-shard.ts";

/** A reconciliation in which an account had sold ten lots to another that were busted. */
export function reconciliationOf(maker: AccountId, taker: AccountId): Reconciliation {
  const [market] = defaultDefinitions().markets;
  assert(market !== undefined, "there is a market");
  const fork = "test.77" as BranchId;
  return {
    id: `${ONE_SHARD}:${fork}`,
    shard: ONE_SHARD,
    fork,
    branch: "test.1" as BranchId,
    epoch: 1,
    state: "reconciled",
    startedSeq: 10 as Seq,
    endedSeq: 12 as Seq,
    startedAt: 1,
    endedAt: 2,
    commands: [
      {
        n: 1,
        seq: 10 as Seq,
        commandId: "sell" as CommandId,
        command: "PlaceOrder",
        account: maker,
        orderId: 7_000_001 as OrderId,
        result: "replayed",
        verdict: "confirmed",
        reason: "",
      },
    ],
    fills: [
      {
        market: market.id,
        tradeId: 4_000_001 as TradeId,
        makerOrderId: 7_000_001 as OrderId,
        takerOrderId: 7_000_002 as OrderId,
        makerAccount: maker,
        takerAccount: taker,
        takerSide: "BUY",
        price: 1000,
        quantity: 10,
        quote: 10_000,
        makerFee: 0,
        takerFee: 0,
        confirmed: 0,
        conflicted: 10,
      },
    ],
    adjustments: [
      { account: maker, asset: "USDT" as AssetId, before: 7_777_777, after: 0, difference: -7_777_777 },
    ],
  };
}
