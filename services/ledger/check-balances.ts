import type { AccountId, AssetId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Ledger } from "#shared/ports/ledger.ts";

/** What the engine holds at a final seq: free and locked together. */
export interface EngineBalances {
  readonly shard: ShardId;
  readonly seq: Seq;
  readonly balances: readonly {
    readonly account: AccountId;
    readonly asset: AssetId;
    readonly free: number;
    readonly locked: number;
  }[];
}

/** The books beside the engine at one seq. */
export interface BalanceCheck {
  readonly shard: ShardId;
  readonly seq: Seq;
  /** All that differs, in smallest units, added up without signs: must be 0. */
  readonly difference: bigint;
  /** The first of them, by account and asset. */
  readonly differing: readonly BalanceDifference[];
}

export interface BalanceDifference {
  readonly account: AccountId;
  readonly asset: AssetId;
  readonly engine: bigint;
  readonly ledger: bigint;
}

const DIFFERING_MAX = 20;

/** Compares the ledger with the engine at the engine's seq. The ledger must have heard of everything up to there, or what it lacks is taken for a difference. */
export async function checkBalances(
  ledger: Pick<Ledger, "balances">,
  { shard, seq, balances }: EngineBalances,
): Promise<BalanceCheck> {
  const engine = new Map(
    balances.map(({ account, asset, free, locked }) => [
      `${account}/${asset}`,
      { account, asset, amount: BigInt(free) + BigInt(locked) },
    ]),
  );
  // Accounts below 0 are the ledger's own: the engine has no balance of what is outside or on its way.
  const books = new Map(
    (await ledger.balances(shard, seq))
      .filter(({ account }) => account >= 0)
      .map((balance) => [`${balance.account}/${balance.asset}`, balance]),
  );
  const differing: BalanceDifference[] = [];
  let difference = 0n;
  for (const [key, { account, asset }] of new Map([...engine, ...books])) {
    const held = engine.get(key)?.amount ?? 0n;
    const booked = books.get(key)?.amount ?? 0n;
    if (held === booked) continue;
    difference += held > booked ? held - booked : booked - held;
    if (differing.length < DIFFERING_MAX) differing.push({ account, asset, engine: held, ledger: booked });
  }
  return { shard, seq, difference, differing };
}
