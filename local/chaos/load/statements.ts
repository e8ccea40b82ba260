import { askApi, type LoadAccount, unitsOf } from "./load-account.ts";

/** What the platform told an account of forks that it was touched by: what was undone, and of which order. */
export interface Statements {
  /** Busted quantity by order, in units of 10^-8. */
  readonly busted: ReadonlyMap<number, bigint>;
  /** Orders that the replay did not place again, and was told so. */
  readonly notReplayed: ReadonlySet<number>;
}

interface Short {
  readonly id: string;
  /** Epoch ms; 0 while it is replayed. */
  readonly endedAt: number;
  readonly fills: { readonly confirmed: number; readonly conflicted: number };
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
  for (const { id } of await reconciliationsSince(account, since)) {
    const { trades, ownCommands } = await get<Whole>(account, `/meridian/v1/reconciliations/${id}`, {});
    for (const { conflictedQuantity, own } of trades)
      for (const { orderId } of own)
        busted.set(orderId, (busted.get(orderId) ?? 0n) + unitsOf(conflictedQuantity));
    for (const { orderId, verdict } of ownCommands) if (UNDONE.has(verdict)) notReplayed.add(orderId);
  }
  return { busted, notReplayed };
}

/** What was reconciled since a time (epoch ms), in short. */
export async function reconciliationsSince(account: LoadAccount, since: number): Promise<readonly Short[]> {
  const { reconciliations } = await get<{ reconciliations: Short[] }>(
    account,
    "/meridian/v1/reconciliations",
    { limit: LIMIT },
  );
  return reconciliations.filter(({ endedAt }) => endedAt === 0 || endedAt >= since);
}

async function get<T>(account: LoadAccount, path: string, query: Record<string, string>): Promise<T> {
  const { status, body } = await askApi(account, path, query);
  if (status !== 200) throw new Error(`${path} of ${account.name}: ${status} ${JSON.stringify(body)}`);
  return body as T;
}
