import { createHash } from "node:crypto";
import {
  type ForkBalance,
  type ForkCommand,
  type ForkFill,
  type ForkReplayEnded,
  MAX_FORK_BALANCES,
  MAX_FORK_FILLS,
  type ReplayMode,
} from "#shared/domain/command.ts";
import type { BalanceState, EngineState } from "#shared/domain/engine-state.ts";
import type { Trade } from "#shared/domain/event.ts";
import type { BranchId, CommandId, OrderId, ShardId } from "#shared/domain/ids.ts";
import { isAlgo, type OrderTerms } from "#shared/domain/order.ts";
import { type ClientNames, clientNames, namedByClient } from "./client-names.ts";
import { type FoldedFork, type ForkEntry, tradesOf } from "./fork-record.ts";

/**
 * A fork as it enters the canonical log: each of its commands in order, then how the accounts that it touched stood at its end. Resting orders replay as
 * they were; immediate ones, and stops that fired there, as IOC no worse and no more than they provisionally traded (architecture, section 5).
 */
export function forkCommands(folded: FoldedFork): (ForkCommand | ForkReplayEnded)[] {
  const { fork, entries } = folded;
  const fired = firedOrders(entries);
  const traded = provisionalTrades(entries);
  const names = clientNames(entries);
  const commands = entries
    .flatMap((entry) => parted(forkCommand(fork, entry, fired, traded, names)))
    .map((command, at): ForkCommand => ({ ...command, n: at + 1 }));
  return [...commands, ...closings(folded, commands.length)];
}

/** The id of the n-th command of a fork in the canonical log: the same from whoever replays it, however often. */
export function forkCommandId(shard: ShardId, fork: BranchId, n: number): CommandId {
  const hash = createHash("sha256").update(`fork\n${shard}\n${fork}\n${n}`).digest("hex");
  return hash.slice(0, 32) as CommandId;
}

interface Traded {
  readonly best: number;
  readonly least: number;
  readonly quantity: number;
}

/** A command that traded more often than one record may tell: what is left follows in records that do nothing but tell. */
function parted(command: Omit<ForkCommand, "n">): Omit<ForkCommand, "n">[] {
  const parts = [{ ...command, fills: command.fills.slice(0, MAX_FORK_FILLS) }];
  for (let from = MAX_FORK_FILLS; from < command.fills.length; from += MAX_FORK_FILLS) {
    const hash = createHash("sha256").update(`fills\n${command.commandId}\n${from}`).digest("hex");
    const commandId = hash.slice(0, 32) as CommandId;
    const fills = command.fills.slice(from, from + MAX_FORK_FILLS);
    parts.push({ ...command, commandId, mode: "skip", price: 0, quantity: 0, fills });
  }
  return parts;
}

function forkCommand(
  fork: BranchId,
  { envelope, events }: ForkEntry,
  fired: ReadonlySet<OrderId>,
  traded: ReadonlyMap<OrderId, Traded>,
  names: ClientNames,
): Omit<ForkCommand, "n"> {
  const { commandId, command } = envelope;
  const terms = termsOf(command);
  const isImmediate = terms !== undefined && (leavesNothing(terms) || fired.has(terms.orderId));
  const own = isImmediate ? traded.get(terms.orderId) : undefined;
  const mode: ReplayMode = !isImmediate ? "as-was" : own === undefined ? "skip" : "immediate";
  const worst = terms?.side === "BUY" ? own?.best : own?.least;
  return {
    kind: "ForkCommand",
    fork,
    commandId,
    command: namedByClient(command, names),
    // What a replacement cancels stays canceled also where its new order is not tried again.
    mode: mode === "skip" && command.kind === "ReplaceOrder" ? "immediate" : mode,
    price: worst ?? 0,
    quantity: own?.quantity ?? 0,
    fills: tradesOf(events).map(fillOf),
  };
}

function termsOf(command: ForkCommand["command"]): OrderTerms | undefined {
  if (command.kind === "PlaceOrder") return command;
  return command.kind === "ReplaceOrder" ? command.order : undefined;
}

/** An order that never rests: MARKET, and a limit order that takes what it can get at once. A stop waits first. */
function leavesNothing({ type, timeInForce }: OrderTerms): boolean {
  if (isAlgo(type)) return false;
  return type === "MARKET" || timeInForce === "IOC" || timeInForce === "FOK";
}

function firedOrders(entries: readonly ForkEntry[]): ReadonlySet<OrderId> {
  const fired = new Set<OrderId>();
  for (const { events } of entries)
    for (const event of events) if (event.kind === "OrderTriggered") fired.add(event.orderId);
  return fired;
}

/** By order, as maker or taker: the highest and the lowest price, and how much in all. */
function provisionalTrades(entries: readonly ForkEntry[]): ReadonlyMap<OrderId, Traded> {
  const traded = new Map<OrderId, Traded>();
  for (const { events } of entries) {
    for (const { price, quantity, makerOrderId, takerOrderId } of tradesOf(events)) {
      for (const order of [makerOrderId, takerOrderId]) {
        const known = traded.get(order) ?? { best: price, least: price, quantity: 0 };
        traded.set(order, {
          best: Math.max(known.best, price),
          least: Math.min(known.least, price),
          quantity: known.quantity + quantity,
        });
      }
    }
  }
  return traded;
}

function fillOf(trade: Trade): ForkFill {
  const { kind: _kind, makerFilled: _maker, takerFilled: _taker, ...fill } = trade;
  return fill;
}

/** The accounts that the fork touched, as they stood at its end, in commands of bounded size; the last ends the replay. */
function closings({ fork, before, after }: FoldedFork, commands: number): ForkReplayEnded[] {
  const changed = changedBalances(before, after);
  const parts = Math.max(1, Math.ceil(changed.length / MAX_FORK_BALANCES));
  return Array.from({ length: parts }, (_, part) => ({
    kind: "ForkReplayEnded",
    fork,
    n: commands + part + 1,
    balances: changed.slice(part * MAX_FORK_BALANCES, (part + 1) * MAX_FORK_BALANCES),
    last: part === parts - 1,
  }));
}

function changedBalances(before: EngineState, after: EngineState): ForkBalance[] {
  const old = new Map(before.balances.map((balance) => [keyOf(balance), balance]));
  const changed: ForkBalance[] = [];
  for (const balance of after.balances) {
    const was = old.get(keyOf(balance));
    old.delete(keyOf(balance));
    if (was?.free !== balance.free || was.locked !== balance.locked) changed.push(balance);
  }
  // What is zero in both parts is not in a state.
  for (const { account, asset } of old.values()) changed.push({ account, asset, free: 0, locked: 0 });
  return changed.sort((a, b) => a.account - b.account || (a.asset < b.asset ? -1 : 1));
}

function keyOf({ account, asset }: Pick<BalanceState, "account" | "asset">): string {
  return `${account} ${asset}`;
}
