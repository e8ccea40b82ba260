import type { CommandId } from "#shared/domain/ids.ts";
import type { TradingState } from "#shared/domain/market.ts";
import type { Fault } from "./fault.ts";

/** What an operator does in the middle of it all. */
export const OPERATOR_FAULTS: readonly Fault[] = [
  {
    name: "a shard is moved",
    weight: 6,
    leastRegions: 2,
    begin: ({ cluster, random, shards }) => {
      const shard = random.pick(shards);
      const to = random.pick(cluster.regions);
      for (const process of cluster.processes) void process.promote(shard, to);
      return { where: `${shard} to ${to}`, end: () => {} };
    },
  },
  {
    name: "a market is halted, paused for an auction, or may only be left",
    weight: 6,
    leastRegions: 1,
    begin: ({ cluster, random, markets }) => {
      const { shard, market } = random.pick(markets);
      const state = random.pick(["HALT", "BREAK", "CANCEL_ONLY"] as const);
      const set = (to: TradingState) => {
        const process = cluster.running(random.pick(cluster.regions));
        const commandId = Buffer.from(random.bytes(16)).toString("hex") as CommandId;
        void process?.submit(shard, commandId, { kind: "SetMarketState", market, state: to });
      };
      set(state);
      return { where: `${market} ${state}`, end: () => set("TRADING") };
    },
  },
];
