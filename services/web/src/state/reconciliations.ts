import type {
  ReconciliationMessage,
  WireReconciliation,
  WireVerdictFill,
} from "#shared/protocol/reconciliation-messages.ts";
import { isZero, textOf, wireUnits } from "../money/decimal.ts";
import { withFills } from "./fills.ts";
import type { FillItem } from "./types.ts";

const KEPT = 20;
const UNITS = 100_000_000n;

/** Reconciliations with newer ones put in by id; newest first. One that is complete is not taken back to "replaying". */
export function withReconciliations<T extends ReconciliationMessage>(
  known: readonly T[],
  newer: readonly T[],
): T[] {
  const byId = new Map(known.map((each) => [each.id, each]));
  for (const each of newer) {
    const before = byId.get(each.id);
    if (before?.state !== "reconciled" || each.state === "reconciled") byId.set(each.id, each);
  }
  return [...byId.values()].sort((a, b) => b.endedAt - a.endedAt).slice(0, KEPT);
}

/** True if a reconciliation concerns whoever asked for it. */
export function concernsAsker({ trades, ownCommands, ownAdjustments }: WireReconciliation): boolean {
  return ownCommands.length > 0 || ownAdjustments.length > 0 || trades.some(({ own }) => own.length > 0);
}

/** The asker's fills of the fork that were busted, in full or in part, as lines of the trade list. */
export function conflictedFills({ shard, fork, endedAt, endedSeq, trades }: WireReconciliation): FillItem[] {
  const line = (fill: WireVerdictFill) =>
    fill.own.map(
      ({ orderId, side, isMaker, commissionAmount, commissionAsset }): FillItem => ({
        symbol: fill.symbol,
        id: fill.tradeId,
        orderId,
        price: fill.price,
        qty: fill.conflictedQuantity,
        quoteQty: textOf((wireUnits(fill.price) * wireUnits(fill.conflictedQuantity)) / UNITS, 8),
        commission: commissionAmount,
        commissionAsset,
        time: endedAt,
        isBuyer: side === "BUY",
        isMaker,
        provisional: false,
        verdict: "conflicted",
        place: { shard, branch: fork, seq: endedSeq },
      }),
    );
  return trades.filter(({ conflictedQuantity }) => !isZero(conflictedQuantity)).flatMap(line);
}

/** The verdict on a fork is known: what was being checked of it is gone (its confirmed fills stand as trades again), and what was busted stays as conflicted. */
export function judgedFills(fills: readonly FillItem[], reconciliation: WireReconciliation): FillItem[] {
  const isOfFork = (fill: FillItem) =>
    fill.verdict === "checking" &&
    fill.place?.shard === reconciliation.shard &&
    fill.place.branch === reconciliation.fork;
  const timeOf = (busted: FillItem) =>
    fills.find(
      (fill) =>
        isOfFork(fill) &&
        fill.symbol === busted.symbol &&
        fill.id === busted.id &&
        fill.isMaker === busted.isMaker,
    )?.time ?? busted.time;
  const busted = conflictedFills(reconciliation).map((fill) => ({ ...fill, time: timeOf(fill) }));
  const others = fills.filter((fill) => !isOfFork(fill));
  const known = new Set(
    others.map((fill) => `${fill.symbol} ${fill.id} ${fill.place?.branch} ${fill.verdict}`),
  );
  // Told again after a restart of the Region: it changes nothing.
  const fresh = busted.filter(
    (fill) => !known.has(`${fill.symbol} ${fill.id} ${fill.place?.branch} ${fill.verdict}`),
  );
  return withFills(others, fresh);
}
