import { callApi, type LoadAccount, unitsOf } from "./load-account.ts";

/** What the platform told an account of forks that it was touched by: what was undone, and of which order. */
export interface Statements {
  /** Busted quantity by order, in units of 10^-8. */
  readonly busted: ReadonlyMap<number, bigint>;
  /** Orders that the replay did not place again, and was told so. */
  readonly notReplayed: ReadonlySet<number>;
}

interface Whole {
  readonly trades: readonly {
    readonly conflictedQuantity: string;
    readonly own: readonly { readonly orderId: number }[];
  }[];
  readonly ownCommands: readonly { readonly orderId: number; readonly verdict: string }[];
}

const LIMIT = "100";
const UNDONE = new Set(["refused", "reduced", "skipped"]);

/** Reads every reconciliation since a time (epoch ms) as the account may see it. Throws if the platform does not answer. */
export async function statementsOf(account: LoadAccount, since: number): Promise<Statements> {
  const busted = new Map<number, bigint>();
  const notReplayed = new Set<number>();
  const list = await get<{ reconciliations: { id: string; endedAt: number }[] }>(
    account,
    "/meridian/v1/reconciliations",
    { limit: LIMIT },
  );
  for (const { id, endedAt } of list.reconciliations) {
    if (endedAt !== 0 && endedAt < since) continue;
    const { trades, ownCommands } = await get<Whole>(account, `/meridian/v1/reconciliations/${id}`, {});
    for (const { conflictedQuantity, own } of trades)
      for (const { orderId } of own)
        busted.set(orderId, (busted.get(orderId) ?? 0n) + unitsOf(conflictedQuantity));
    for (const { orderId, verdict } of ownCommands) if (UNDONE.has(verdict)) notReplayed.add(orderId);
  }
  return { busted, notReplayed };
}

async function get<T>(account: LoadAccount, path: string, query: Record<string, string>): Promise<T> {
  const { status, body } = await callApi(account, "GET", path, query);
  if (status !== 200) throw new Error(`${path} of ${account.name}: ${status} ${JSON.stringify(body)}`);
  return body as T;
}
