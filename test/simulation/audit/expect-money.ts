import type { FinalTape } from "./final-tape.ts";
import { holds, INVARIANTS } from "./finding.ts";

/** Over all shards: what accounts have and what is in flight is what was deposited less what was withdrawn; each transfer arrives once or not yet. */
export function expectMoneyConserved(tapes: readonly FinalTape[]): void {
  const sums = new Map<string, bigint>();
  const add = (asset: string, amount: number, sign: 1n | -1n) =>
    sums.set(asset, (sums.get(asset) ?? 0n) + sign * BigInt(amount));
  const out = new Map<string, string>();
  const credited = new Map<string, string>();
  const ended = new Set<string>();
  for (const { shard, outcomes, state } of tapes) {
    for (const { events } of outcomes) {
      for (const event of events) {
        if (event.kind === "Deposited") add(event.asset, event.amount, 1n);
        if (event.kind === "Withdrawn") add(event.asset, event.amount, -1n);
        if (event.kind === "TransferredOut") {
          holds(!out.has(event.transferId), INVARIANTS.once, () => `${event.transferId} left twice`);
          out.set(event.transferId, `${event.account} ${event.amount} ${event.asset} to ${event.toShard}`);
          add(event.asset, event.amount, -1n);
        }
        if (event.kind === "TransferEnded") {
          holds(!ended.has(event.transferId), INVARIANTS.once, () => `${event.transferId} ended twice`);
          ended.add(event.transferId);
        }
        if (event.kind === "TransferredIn") {
          holds(!credited.has(event.transferId), INVARIANTS.once, () => `${event.transferId} arrived twice`);
          credited.set(event.transferId, `${event.account} ${event.amount} ${event.asset} to ${shard}`);
          add(event.asset, event.amount, 1n);
        }
      }
    }
    for (const { asset, free, locked } of state.balances) {
      add(asset, free, -1n);
      add(asset, locked, -1n);
    }
  }
  for (const [asset, rest] of sums)
    holds(rest === 0n, INVARIANTS.conserved, () => `${asset}: ${rest} of what was deposited is nowhere`);
  for (const [transferId, what] of credited)
    holds(
      out.get(transferId) === what,
      INVARIANTS.conserved,
      () => `transfer ${transferId} credited ${what}, but ${out.get(transferId) ?? "nothing"} had left`,
    );
  for (const [transferId, what] of out)
    holds(
      credited.has(transferId),
      INVARIANTS.conserved,
      () => `transfer ${transferId} (${what}) never arrived`,
    );
}
