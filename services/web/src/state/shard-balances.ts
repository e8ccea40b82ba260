import type { ShardBalance } from "#shared/protocol/socket.ts";
import { digitsOf, textOf, wireUnits } from "../money/decimal.ts";
import type { BalanceRow } from "./types.ts";

/** What a user has of each asset: the sums over the shards, by asset. */
export function sumOfShards(balances: readonly ShardBalance[]): BalanceRow[] {
  const rows = new Map<string, BalanceRow>();
  for (const { asset, free, locked } of balances) {
    const sum = rows.get(asset);
    rows.set(asset, { asset, free: plus(sum?.free, free), locked: plus(sum?.locked, locked) });
  }
  return [...rows.values()].sort((a, b) => (a.asset < b.asset ? -1 : 1));
}

/** With the digits of the second, which all amounts of an asset have. */
function plus(a: string | undefined, b: string): string {
  if (a === undefined) return b;
  const digits = Math.max(digitsOf(a), digitsOf(b), b.split(".")[1]?.length ?? 0);
  return textOf(wireUnits(a) + wireUnits(b), digits);
}
