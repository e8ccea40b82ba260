import { branchName } from "#shared/domain/branch-name.ts";
import type { ForkCommand, ForkFill, ForkReplayEnded, ReplayableCommand } from "#shared/domain/command.ts";
import type { BranchId, CommandId, MarketId, OrderId, RegionId, TradeId } from "#shared/domain/ids.ts";
import type { Draw } from "./draw.ts";
import { ACCOUNTS, ASSETS, MARKET_IDS } from "./stream-setting.ts";

/** The forks that a stream replays: one after the other, sometimes one among another. */
export interface ForkStory {
  /** By fork: the number of its last command that was sent in turn. */
  readonly cursors: Map<BranchId, number>;
  forks: number;
  commands: number;
}

export function noForks(): ForkStory {
  return { cursors: new Map(), forks: 1, commands: 0 };
}

/** One command of a fork, mostly the next; `known` are ids that were sent before, and grow by this one's. */
export function someForkCommand(
  draw: Draw,
  story: ForkStory,
  command: ReplayableCommand,
  known: CommandId[],
): ForkCommand {
  const mode = draw.weighted({ "as-was": 5, immediate: 6, skip: 1 });
  const isKnown = known.length > 0 && draw.perMille(80);
  story.commands++;
  const commandId = isKnown
    ? draw.pick(known.slice(-20))
    : (`f${story.commands}`.padStart(32, "0") as CommandId);
  known.push(commandId);
  return {
    kind: "ForkCommand",
    ...someTurn(draw, story),
    commandId,
    command,
    mode,
    price: mode === "immediate" ? draw.between(draw.perMille(40) ? 0 : 96, 104) : 0,
    quantity: mode === "immediate" ? draw.between(draw.perMille(40) ? 0 : 1, 8) : 0,
    fills: Array.from({ length: draw.pick([0, 0, 1, 2]) }, () => someFill(draw)),
  };
}

export function someReplayEnd(draw: Draw, story: ForkStory): ForkReplayEnded {
  const { fork, n } = someTurn(draw, story);
  const last = draw.perMille(400);
  const balances = Array.from({ length: draw.below(3) }, () => ({
    account: draw.pick(ACCOUNTS),
    asset: draw.pick(ASSETS).id,
    free: draw.below(5000),
    locked: draw.below(500),
  }));
  // The next ones are of another fork, but for a few that come too late.
  if (last && draw.perMille(700)) story.forks++;
  return { kind: "ForkReplayEnded", fork, n, balances, last };
}

/** Whose turn it is, mostly. */
function someTurn(draw: Draw, story: ForkStory): { fork: BranchId; n: number } {
  const fork = branchName(
    "ap-northeast-1" as RegionId,
    draw.perMille(900) ? story.forks : draw.between(1, story.forks),
  );
  const next = (story.cursors.get(fork) ?? 0) + 1;
  const n = draw.perMille(900) ? next : Math.max(0, next + draw.pick([-2, -1, 1, 2]));
  if (n === next) story.cursors.set(fork, n);
  return { fork, n };
}

function someFill(draw: Draw): ForkFill {
  const [price, quantity] = [draw.between(96, 104), draw.between(1, 8)];
  return {
    market: draw.pick(MARKET_IDS) as MarketId,
    tradeId: draw.between(1, 99) as TradeId,
    price,
    quantity,
    quote: price * quantity,
    takerSide: draw.pick(["BUY", "SELL"] as const),
    makerOrderId: draw.between(1, 99) as OrderId,
    takerOrderId: draw.between(1, 99) as OrderId,
    makerAccount: draw.pick(ACCOUNTS),
    takerAccount: draw.pick(ACCOUNTS),
    makerFee: draw.below(3),
    takerFee: draw.below(3),
  };
}
