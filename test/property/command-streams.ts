import fc from "fast-check";
import type { Command, CommandEnvelope } from "#shared/domain/command.ts";
import type { BranchId, CommandId, MarketId } from "#shared/domain/ids.ts";
import type { TradingState } from "#shared/domain/market.ts";
import { Draw } from "./draw.ts";
import { someCommand } from "./stream-commands.ts";
import type { Story } from "./stream-orders.ts";
import { START, settingFrom } from "./stream-setting.ts";

/** Streams of commands that meet each other: few accounts, few prices, markets that share an asset, and everything that can be wrong. */

export const BRANCH = "us-east-1.1" as BranchId;
const HOUR_MS = 3_600_000;

/** What the log may hold: `null` for bytes that do not decode. */
export type Stream = readonly (CommandEnvelope | null)[];

/**
 * A whole stream: a shard with markets and funded accounts, then what chance brings. It is made of one number for the setting and one for each step;
 * ids and times are given when it is unrolled, so that shrinking, which takes steps away, keeps it whole.
 */
export function commandStreams(maxLength: number): fc.Arbitrary<Stream> {
  const number = fc.noBias(fc.nat());
  const steps = fc.array(number, { minLength: 1, maxLength, size: "max" });
  return fc.tuple(number, steps).map(([setting, numbers]) => unroll(setting, numbers));
}

/** The stream of a setting and its steps. */
export function unroll(settingSeed: number, steps: readonly number[]): Stream {
  const stream: (CommandEnvelope | null)[] = [];
  const setting = settingFrom(new Draw(settingSeed));
  const story: Story = { setting, placed: [], nextId: 0, now: START };
  const notTrading = new Map<MarketId, TradingState>();
  const push = (command: Command, validUntil: number, branch = BRANCH) => {
    const commandId = (stream.length + 1).toString(16).padStart(32, "0") as CommandId;
    stream.push({ commandId, branch, validUntil, command });
    if (command.kind === "Tick") story.now = Math.max(story.now, command.time);
    if (command.kind !== "SetMarketState") return;
    if (command.state === "TRADING") notTrading.delete(command.market);
    else notTrading.set(command.market, command.state);
  };
  for (const command of setting.opening) push(command, 0);
  for (const seed of steps) {
    const draw = new Draw(seed);
    const what = draw.weighted({
      command: 960,
      repeat: 20,
      otherBranch: 4,
      undecodable: 4,
      late: 6,
      early: 6,
    });
    if (what === "undecodable") stream.push(null);
    else if (what === "repeat") stream.push(stream.at(-draw.between(1, 20)) ?? null);
    else if (what === "otherBranch") push({ kind: "Tick", time: story.now }, 0, "eu-west-1.9" as BranchId);
    else {
      const command = someCommand(draw, story);
      const good =
        command.kind === "Tick" || draw.perMille(700) ? 0 : story.now + draw.pick([0, 1000, HOUR_MS]);
      push(command, { command: good, late: story.now - 1, early: story.now + HOUR_MS + 1 }[what]);
    }
    // No market stays closed for long: the rest of the stream would be refusals. One that collects for an auction stays longer.
    for (const [market, state] of [...notTrading])
      if (draw.perMille(state === "BREAK" ? 70 : 250))
        push({ kind: "SetMarketState", market, state: "TRADING" }, 0);
  }
  return stream;
}
