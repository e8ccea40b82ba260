import type { ForkBalance, ForkCommand, ForkReplayEnded, ReplayableCommand } from "#shared/domain/command.ts";
import type { ForkCommandReplayed, ReplayedBalance, ReplayResult } from "#shared/domain/event.ts";
import type { Seq } from "#shared/domain/ids.ts";
import type { OrderTerms } from "#shared/domain/order.ts";
import { rejected } from "./rejected.ts";
import type { Shard } from "./shard.ts";

/** Takes the turn of a fork's next command. False, and told, if it is not this one's: any order and any number of deliveries come to the same. */
export function takesTurn(shard: Shard, command: ForkCommand | ForkReplayEnded): boolean {
  const { fork, n } = command;
  const { cursor, ended } = shard.forks.find(fork);
  if (ended || n !== cursor + 1) {
    shard.events.event({ kind: "ForkCommandIgnored", fork, n, cursor });
    return false;
  }
  shard.forks.set({ fork, cursor: n, ended: command.kind === "ForkReplayEnded" && command.last });
  return true;
}

/** The report of a fork's command; it names what a refusal of the command would name. */
export function replayedEvent(
  { fork, n, commandId, command, fills }: ForkCommand,
  result: ReplayResult,
  firstSeq: Seq,
): ForkCommandReplayed {
  const { account, orderId } = rejected(command, "expired-command");
  return {
    kind: "ForkCommandReplayed",
    fork,
    n,
    commandId,
    command: command.kind,
    account,
    orderId,
    result,
    firstSeq,
    fills,
  };
}

/** True if only the part of an order is placed that traded in the fork. */
export function isPart({ command, mode }: ForkCommand): boolean {
  return mode === "immediate" && (command.kind === "PlaceOrder" || command.kind === "ReplaceOrder");
}

/** The command as it is done now: an immediate order as a limit of what it provisionally traded, all else as it was. */
export function asReplayed({ command, mode, price, quantity }: ForkCommand): ReplayableCommand {
  if (mode !== "immediate") return command;
  if (command.kind === "PlaceOrder") return { ...command, ...immediate(price, quantity) };
  if (command.kind === "ReplaceOrder")
    return { ...command, order: { ...command.order, ...immediate(price, quantity) } };
  return command;
}

type ImmediateTerms = Omit<OrderTerms, "orderId" | "clientOrderId" | "side" | "selfTradePrevention">;

function immediate(price: number, quantity: number): ImmediateTerms {
  return {
    type: "LIMIT",
    timeInForce: "IOC",
    price,
    quantity,
    quoteQuantity: 0,
    stopPrice: 0,
    trailingDelta: 0,
    icebergQuantity: 0,
    goodTillDate: 0,
  };
}

/** A fork's closing balance with what the account has here. */
export function besideCanonical(shard: Shard, balance: ForkBalance): ReplayedBalance {
  const asset = shard.assets.find(balance.asset);
  if (asset < 0) return { ...balance, canonicalFree: 0, canonicalLocked: 0 };
  const slot = shard.balances.open(balance.account, asset);
  const { balances } = shard;
  return { ...balance, canonicalFree: balances.free(slot), canonicalLocked: balances.locked(slot) };
}
