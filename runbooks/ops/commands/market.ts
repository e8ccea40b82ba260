import { CommandLineError } from "#local/cli/fatal.ts";
import { table } from "#local/cli/table.ts";
import type { OpsCommand } from "../command.ts";
import type { MarketStateAnswer, MarketsAnswer } from "../platform.ts";

/** What a person says, and the state that it means. */
const STATES = { resume: "TRADING", halt: "HALT", pause: "BREAK", "cancel-only": "CANCEL_ONLY" } as const;

/** Opens, halts and pauses markets. */
export const MARKET: OpsCommand = {
  usage: `market ${Object.keys(STATES).join("|")} SYMBOL`,
  what: "opens, halts or pauses a market, or takes cancels only; `resume` behind `pause` runs the call auction",
  examples: ["market cancel-only BTCUSDT", "market resume BTCUSDT"],
  arity: 2,
  isDangerous: true,
  run: async (platform, { args: [action = "", symbol = ""], isDryRun }) => {
    const state = STATES[action as keyof typeof STATES];
    if (state === undefined)
      throw new CommandLineError(`market takes ${Object.keys(STATES).join(", ")}, not ${action}.`);
    const { markets } = await platform.get<MarketsAnswer>("/meridian/v1/markets");
    const market = markets.find((one) => one.symbol === symbol);
    if (market === undefined) throw new CommandLineError(`there is no market ${symbol}.`);
    if (isDryRun) {
      return {
        json: { symbol, from: market.state, to: state, done: false },
        text: `${symbol}: ${market.state} would become ${state}`,
      };
    }
    const answer = await platform.post<MarketStateAnswer>(`/meridian/v1/markets/${symbol}/state`, { state });
    const { auction } = answer;
    const traded =
      auction === undefined ? "" : `; the auction traded ${auction.quantity} at ${auction.price}`;
    return {
      json: { ...answer, from: market.state, done: true },
      text: `${symbol}: ${market.state} → ${answer.state}${traded}`,
    };
  },
};

/** Every market and its state. */
export const MARKETS: OpsCommand = {
  usage: "markets",
  what: "every market, its state and its shard",
  examples: ["markets"],
  arity: 0,
  isDangerous: false,
  run: async (platform) => {
    const { markets } = await platform.get<MarketsAnswer>("/meridian/v1/markets");
    const rows = markets.map(({ symbol, state, shard, partitionPolicy }) => [
      symbol,
      state,
      shard,
      partitionPolicy,
    ]);
    return { json: { markets }, text: table(["market", "state", "shard", "in a partition"], rows) };
  },
};
