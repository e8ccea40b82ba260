import type { WireTransfer } from "#shared/protocol/region-messages.ts";
import type { ShardBalance } from "#shared/protocol/socket.ts";
import { textOf, wireUnits } from "../money/decimal.ts";
import type { BalanceRow } from "./types.ts";

/** What a user has of each asset: the sums over the shards, by asset. What is on its way between them is there, and locked. */
export function sumOfShards(
  balances: readonly ShardBalance[],
  transfers: readonly WireTransfer[],
): BalanceRow[] {
  const rows = new Map<string, BalanceRow>();
  const moving = transfers.map(({ asset, amount }) => ({ asset, free: "0", locked: amount }));
  for (const { asset, free, locked } of [...balances, ...moving]) {
    const sum = rows.get(asset);
    rows.set(asset, { asset, free: plus(sum?.free, free), locked: plus(sum?.locked, locked) });
  }
  return [...rows.values()].sort((a, b) => (a.asset < b.asset ? -1 : 1));
}

/** With as many digits as the longer one. */
function plus(a: string | undefined, b: string): string {
  if (a === undefined) return b;
  const digits = Math.max(written(a), written(b));
  return textOf(wireUnits(a) + wireUnits(b), digits);
}

function written(text: string): number {
  return text.split(".")[1]?.length ?? 0;
}
