import fc from "fast-check";
import type { Command, CommandEnvelope } from "#shared/domain/command.ts";
import type { BranchId, CommandId, MarketId } from "#shared/domain/ids.ts";
import type { TradingState } from "#shared/domain/market.ts";
import { Draw } from "./draw.ts";
import { BRANCH, branchStart, firstBranch, noteBranch } from "./stream-branches.ts";
import { someCommand } from "./stream-commands.ts";
import { noForks } from "./stream-forks.ts";
import type { Story } from "./stream-orders.ts";
import { START, settingFrom } from "./stream-setting.ts";

/** Streams of commands that meet each other: few accounts, few prices, markets that share an asset, and everything that can be wrong. */

export { BRANCH };

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
  const branches = firstBranch();
  const story: Story = {
    setting,
    placed: [],
    nextId: 0,
    now: START,
    seq: 0,
    branches,
    forks: noForks(),
    sent: [],
    transfers: [],
  };
  const notTrading = new Map<MarketId, TradingState>();
  const record = (envelope: CommandEnvelope | null) => {
    if (envelope !== null) noteBranch(branches, envelope, story.seq);
    stream.push(envelope);
    story.seq = stream.length;
  };
  const push = (command: Command, validUntil: number, branch = branches.branch, id?: CommandId) => {
    const commandId = id ?? ((stream.length + 1).toString(16).padStart(32, "0") as CommandId);
    const intended = command.kind === "BranchStarted" ? command.branch : branch;
    record({ commandId, branch: intended, validUntil, command });
    story.sent.push(commandId);
    if (command.kind === "TransferOut") story.transfers.push(commandId);
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
      resend: 12,
      otherBranch: 4,
      undecodable: 4,
      late: 6,
      early: 6,
    });
    if (what === "undecodable") record(null);
    else if (what === "repeat") record(stream.at(-draw.between(1, 20)) ?? null);
    else if (what === "resend") {
      const transfer = stream.findLast((each) => each?.command.kind === "TransferIn");
      const again = (draw.perMille(300) ? transfer : stream.at(-draw.between(1, 20))) ?? null;
      record(again === null ? null : { ...again, branch: branches.branch });
    } else if (what === "otherBranch") push({ kind: "Tick", time: story.now }, 0, "eu-west-1.9" as BranchId);
    else {
      const command = someCommand(draw, story);
      const good =
        command.kind === "Tick" || draw.perMille(700) ? 0 : story.now + draw.pick([0, 1000, HOUR_MS]);
      const validUntil = { command: good, late: story.now - 1, early: story.now + HOUR_MS + 1 }[what];
      // Seldom a client sends what the other side of a split has from it already.
      const id = draw.perMille(10) && story.sent.length > 0 ? draw.pick(story.sent.slice(-20)) : undefined;
      push(command, validUntil, branches.branch, id);
    }
    // No branch has ended for long, and no fork goes on for ever: the rest of the stream would have no effect.
    if (branches.ended && draw.perMille(400)) push(branchStart(branches, story.seq, draw.perMille(200)), 0);
    else if (branches.provisional && draw.perMille(60)) push(branchStart(branches, story.seq, false), 0);
    // No market stays closed for long: the rest of the stream would be refusals. One that collects for an auction stays longer.
    for (const [market, state] of [...notTrading])
      if (draw.perMille(state === "BREAK" ? 70 : 250))
        push({ kind: "SetMarketState", market, state: "TRADING" }, 0);
  }
  return stream;
}
