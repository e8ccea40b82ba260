import type { Command, ForkCommand, ForkReplayEnded, ReplayableCommand } from "#shared/domain/command.ts";
import type { CommandId, Seq } from "#shared/domain/ids.ts";
import { firstSeqOf, rememberComing, rememberDone } from "./naive-memory.ts";
import { mergedOrders } from "./naive-merged.ts";
import { rejectionOf } from "./naive-rejection.ts";
import { demand, marketOf, Refusal, type World } from "./naive-world.ts";

/** Rule 5 of every command. */
export function checkFork(world: World, command: Command): void {
  if (!world.provisional || command.kind === "Tick") return;
  const trading: readonly Command["kind"][] = [
    "PlaceOrder",
    "PlaceOrderList",
    "CancelOrder",
    "CancelOrderList",
    "CancelAllOrders",
    "ReplaceOrder",
    "AmendOrder",
  ];
  demand(trading.includes(command.kind), "not-in-fork");
  if (!("market" in command) || command.kind === "DefineMarket") return;
  demand(marketOf(world, command.market).market.partitionPolicy !== "halt", "market-halts-in-fork");
}

/** Does the inner command by `follow`, which throws a {@link Refusal} where the command is refused. */
export function replay(
  world: World,
  command: ForkCommand,
  follow: (inner: ReplayableCommand, commandId: CommandId) => void,
): void {
  const { fork, n, commandId, command: inner, mode, fills } = command;
  if (!takeTurn(world, command, false)) return;
  const firstSeq = firstSeqOf(world, inner, commandId);
  const result = firstSeq !== undefined ? "merged" : mode === "skip" ? "skipped" : "replayed";
  const { account, orderId } = rejectionOf(inner, "unknown-order");
  world.events.push({
    kind: "ForkCommandReplayed",
    fork,
    n,
    commandId,
    command: inner.kind,
    account,
    orderId,
    result,
    firstSeq: firstSeq ?? (0 as Seq),
    fills,
  });
  if (result !== "merged") rememberComing(world, inner, commandId);
  else world.events.push(...mergedOrders(inner, commandId));
  if (result !== "replayed") return;
  try {
    world.isReplayingPart = mode === "immediate" && ["PlaceOrder", "ReplaceOrder"].includes(inner.kind);
    follow(transformed(command), commandId);
    rememberDone(world, inner, commandId);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    world.events.push(rejectionOf(inner, refusal.reason));
  } finally {
    world.isReplayingPart = false;
  }
}

export function endReplay(world: World, command: ForkReplayEnded): void {
  const { fork, n, last } = command;
  if (!takeTurn(world, command, last)) return;
  const balances = command.balances.map((balance) => {
    const here = world.balances.find(
      ({ account, asset }) => account === balance.account && asset === balance.asset,
    );
    const [canonicalFree, canonicalLocked] = [Number(here?.free ?? 0n), Number(here?.locked ?? 0n)];
    return { ...balance, canonicalFree, canonicalLocked };
  });
  world.events.push({ kind: "ForkReplayDone", fork, n, balances, last });
}

function takeTurn(world: World, { fork, n }: ForkCommand | ForkReplayEnded, ended: boolean): boolean {
  const known = world.forks.find((each) => each.fork === fork);
  const cursor = known?.cursor ?? 0;
  if (known?.ended === true || n !== cursor + 1) {
    world.events.push({ kind: "ForkCommandIgnored", fork, n, cursor });
    return false;
  }
  world.forks = [...world.forks.filter((each) => each.fork !== fork), { fork, cursor: n, ended }];
  return true;
}

function transformed({ command, mode, price, quantity }: ForkCommand): ReplayableCommand {
  if (mode !== "immediate") return command;
  const nothing = { quoteQuantity: 0, stopPrice: 0, trailingDelta: 0, icebergQuantity: 0, goodTillDate: 0 };
  const changes = { type: "LIMIT", timeInForce: "IOC", price, quantity, ...nothing } as const;
  if (command.kind === "PlaceOrder") return { ...command, ...changes };
  if (command.kind === "ReplaceOrder") return { ...command, order: { ...command.order, ...changes } };
  return command;
}
