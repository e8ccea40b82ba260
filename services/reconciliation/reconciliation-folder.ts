import type { CommandKind, ForkFill } from "#shared/domain/command.ts";
import type {
  Event,
  ForkCommandReplayed,
  ForkReplayDone,
  Outcome,
  ReplayedBalance,
} from "#shared/domain/event.ts";
import type { BranchId, OrderId, Seq } from "#shared/domain/ids.ts";
import type {
  Adjustment,
  CommandVerdict,
  Reconciliation,
  ReplayedCommand,
} from "#shared/read-model/reconciliation.ts";
import { tradesOf } from "./fork-record.ts";
import { namedOrders, nameOf, orderNamedBy } from "./named-orders.ts";
import { type CanonicalTrade, verdictsOf } from "./verdicts.ts";

/** What the folder asks about the past of the lineage. */
export interface CanonicalPast {
  /** Live trades of the lineage up to a seq in which one of the orders was the taker. */
  tradesOf(
    takers: readonly { readonly market: string; readonly orderId: OrderId }[],
    through: Seq,
  ): Promise<readonly CanonicalTrade[]>;
  /** The id of the order, or of the order list, that stands in the lineage where one was merged, by this fork or by an earlier one; `undefined`, or its own id, where it was not. */
  standingIdOf(kind: "order" | "list", merged: OrderId): Promise<OrderId | undefined>;
  /** What the lineage has at a seq. */
  outcomeAt(seq: Seq): Promise<Outcome | undefined>;
}

interface Replaying {
  readonly fork: BranchId;
  readonly startedSeq: Seq;
  readonly startedAt: number;
  readonly commands: ReplayedCommand[];
  /** By n: where the lineage had folded a command before. */
  readonly firstSeqs: Map<number, Seq>;
  readonly merged: { readonly kind: "order" | "list"; readonly orderId: OrderId }[];
  /** The orders and lists of the fork, by what their clients call them. */
  readonly names: Map<string, OrderId>;
  readonly fills: ForkFill[];
  readonly closing: ReplayedBalance[];
}

/**
 * Folds the outcomes of the lineage into reconciliations: each Region comes to the same, for all that it reads stands in the canonical log (invariant 9). A fork whose replay begins again under a later
 * owner goes on where it was.
 */
export class ReconciliationFolder {
  readonly #replaying = new Map<BranchId, Replaying>();

  /** True between the first and the last command of some fork. */
  get isReplaying(): boolean {
    return this.#replaying.size > 0;
  }

  /** Takes the next outcome; tells when the replay of a fork begins, and what is known of the fork as soon as it is complete, without the canonical trades yet. */
  fold(outcome: Outcome): FoldedReplay | undefined {
    const [event] = outcome.events;
    if (event?.kind === "ForkCommandReplayed") return this.#replayed(event, outcome);
    if (event?.kind === "ForkReplayDone") return this.#done(event, outcome);
    return undefined;
  }

  #replayed(event: ForkCommandReplayed, outcome: Outcome): FoldedReplay | undefined {
    const isFirst = !this.#replaying.has(event.fork);
    const replaying = this.#of(event.fork, outcome);
    replaying.fills.push(...event.fills);
    for (const { kind, account: owner, orderId: id, name } of namedOrders(outcome.events)) {
      replaying.names.set(nameOf(owner, name), id);
      if (outcome.events.some((one) => one.kind === "OrdersMerged"))
        replaying.merged.push({ kind, orderId: id });
    }
    const { n, commandId, command, account, result, firstSeq } = event;
    if (result === "merged") replaying.firstSeqs.set(n, firstSeq);
    const orderId = event.orderId || orderNamedBy(event, outcome.events, replaying.names);
    const { verdict, reason } = verdictOf(event, outcome.events);
    const { seq } = outcome;
    replaying.commands.push({ n, seq, commandId, command, account, orderId, result, verdict, reason });
    return isFirst ? { kind: "began", fork: event.fork } : undefined;
  }

  #done(event: ForkReplayDone, outcome: Outcome): FoldedReplay | undefined {
    const replaying = this.#of(event.fork, outcome);
    replaying.closing.push(...event.balances);
    if (!event.last) return undefined;
    this.#replaying.delete(event.fork);
    return { kind: "ended", ended: { ...replaying, outcome } };
  }

  #of(fork: BranchId, { seq, time }: Outcome): Replaying {
    const known = this.#replaying.get(fork);
    if (known !== undefined) return known;
    const begun = {
      fork,
      startedSeq: seq,
      startedAt: time,
      commands: [],
      firstSeqs: new Map(),
      merged: [],
      names: new Map(),
      fills: [],
      closing: [],
    };
    this.#replaying.set(fork, begun);
    return begun;
  }
}

export type FoldedReplay =
  | { readonly kind: "began"; readonly fork: BranchId }
  | { readonly kind: "ended"; readonly ended: EndedReplay };

export interface EndedReplay extends Readonly<Replaying> {
  /** Of the replay's last command. */
  readonly outcome: Outcome;
}

/** What is told of a replay that has just begun: nothing is decided yet. */
export function begunReconciliation(fork: BranchId, outcome: Outcome, epoch: number): Reconciliation {
  const { shard, branch, seq, time } = outcome;
  return {
    id: `${shard}:${fork}`,
    shard,
    fork,
    branch,
    epoch,
    state: "replaying",
    startedSeq: seq,
    endedSeq: seq,
    startedAt: time,
    endedAt: time,
    commands: [],
    merged: [],
    fills: [],
    adjustments: [],
  };
}

/** The whole of it, with verdicts by quantity and a statement for each account that was touched. */
export async function reconciliationOf(
  ended: EndedReplay,
  epoch: number,
  past: CanonicalPast,
): Promise<Reconciliation> {
  const { outcome, fork, startedSeq, startedAt, fills, closing } = ended;
  const commands = await Promise.all(
    ended.commands.map(async (command) => {
      const firstSeq = ended.firstSeqs.get(command.n);
      return firstSeq === undefined
        ? command
        : { ...command, ...mergedVerdict(await past.outcomeAt(firstSeq)) };
    }),
  );
  const standing = new Map<OrderId, OrderId | undefined>();
  for (const { kind, orderId } of ended.merged) standing.set(orderId, await past.standingIdOf(kind, orderId));
  const inFork = new Map<OrderId | 0, OrderId>();
  for (const [orderId, canonicalOrderId] of standing)
    if (canonicalOrderId !== undefined) inFork.set(canonicalOrderId, orderId);
  const canonicalIds = new Map(standing);
  // What rested when the fork began may have come with an earlier fork, and been merged in the replay of that: this one's replay says nothing of it.
  const brought = new Set(ended.names.values());
  for (const { makerOrderId, takerOrderId } of fills)
    for (const orderId of [makerOrderId, takerOrderId])
      if (!brought.has(orderId) && !canonicalIds.has(orderId))
        canonicalIds.set(orderId, await past.standingIdOf("order", orderId));
  const canonicalIdOf = (orderId: OrderId) => canonicalIds.get(orderId) ?? orderId;
  const takers = new Map(
    fills.map(({ market, takerOrderId }) => [canonicalIdOf(takerOrderId), market] as const),
  );
  const canonical = await past.tradesOf(
    [...takers].map(([orderId, market]) => ({ market, orderId })),
    outcome.seq,
  );
  return {
    id: `${outcome.shard}:${fork}`,
    shard: outcome.shard,
    fork,
    branch: outcome.branch,
    epoch,
    state: "reconciled",
    startedSeq,
    endedSeq: outcome.seq,
    startedAt,
    endedAt: outcome.time,
    // The replay names an order by the id under which it stands, and the fork's client knows it by another, but for what brings the order itself.
    commands: commands.map((command) => ({
      ...command,
      orderId:
        (BRINGS_ORDERS.has(command.command) ? undefined : inFork.get(command.orderId)) ?? command.orderId,
    })),
    merged: [...standing].map(([orderId, canonicalOrderId]) => {
      return { orderId, canonicalOrderId: canonicalOrderId ?? 0 };
    }),
    fills: verdictsOf(fills, canonical, canonicalIdOf).map(({ fill, confirmed, conflicted }) => ({
      ...fill,
      confirmed,
      conflicted,
    })),
    adjustments: closing.map(adjustment),
  };
}

function adjustment(balance: ReplayedBalance): Adjustment {
  const { account, asset } = balance;
  const before = balance.free + balance.locked;
  const after = balance.canonicalFree + balance.canonicalLocked;
  return { account, asset, before, after, difference: after - before };
}

function verdictOf(
  { result, command, fills, orderId }: ForkCommandReplayed,
  events: readonly Event[],
): { readonly verdict: CommandVerdict; readonly reason: string } {
  if (result === "merged") return { verdict: "merged", reason: "" };
  if (result === "skipped") return { verdict: "skipped", reason: "" };
  const rejected = events.find((event) => event.kind === "CommandRejected");
  if (rejected !== undefined) {
    const isLate = rejected.command.startsWith("Cancel") && rejected.reason.startsWith("unknown-");
    return { verdict: isLate ? "overtaken" : "refused", reason: rejected.reason };
  }
  const before = sum(fills.filter((fill) => fill.takerOrderId === orderId));
  const now = sum(tradesOf(events).filter((trade) => trade.takerOrderId === orderId));
  const isExpired = events.some((event) => event.kind === "OrderExpired" && event.orderId === orderId);
  const isOrder = command === "PlaceOrder" || command === "ReplaceOrder";
  return { verdict: isOrder && isExpired && now < before ? "reduced" : "confirmed", reason: "" };
}

/** Commands that name the order that they bring. */
const BRINGS_ORDERS: ReadonlySet<string> = new Set<CommandKind>([
  "PlaceOrder",
  "PlaceOrderList",
  "ReplaceOrder",
]);

/** Of a command that the lineage had folded before. It has had its effect, unless it was refused then, or not tried: the fork's client was told that it was taken, and is told so now. */
function mergedVerdict(first: Outcome | undefined): {
  readonly verdict: CommandVerdict;
  readonly reason: string;
} {
  for (const event of first?.events ?? []) {
    if (event.kind === "CommandRejected") return { verdict: "refused", reason: event.reason };
    if (event.kind === "ForkCommandReplayed" && event.result === "skipped")
      return { verdict: "skipped", reason: "" };
  }
  return { verdict: "merged", reason: "" };
}

function sum(trades: readonly { readonly quantity: number }[]): number {
  return trades.reduce((total, { quantity }) => total + quantity, 0);
}
