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

const LIMIT = 100;
const ASKED_AT_ONCE = 5;
const UNDONE = new Set(["refused", "reduced", "skipped"]);

/** Reads every reconciliation since a time (epoch ms) as the account may see it. Throws if the platform does not answer. */
export async function statementsOf(account: LoadAccount, since: number): Promise<Statements> {
  const busted = new Map<number, bigint>();
  const notReplayed = new Set<number>();
  const wholes: Whole[] = [];
  const all = await reconciliationsSince(account, since);
  for (let from = 0; from < all.length; from += ASKED_AT_ONCE) {
    const some = all.slice(from, from + ASKED_AT_ONCE);
    const ask = ({ id }: Short) => get<Whole>(account, `/meridian/v1/reconciliations/${id}`, {});
    wholes.push(...(await Promise.all(some.map(ask))));
  }
  for (const { trades, ownCommands } of wholes) {
    for (const { conflictedQuantity, own } of trades)
      for (const { orderId } of own)
        busted.set(orderId, (busted.get(orderId) ?? 0n) + unitsOf(conflictedQuantity));
    for (const { orderId, verdict } of ownCommands) if (UNDONE.has(verdict)) notReplayed.add(orderId);
  }
  return { busted, notReplayed };
}

/** What was reconciled since a time (epoch ms), in short, page by page: a long run has more than one. */
export async function reconciliationsSince(account: LoadAccount, since: number): Promise<readonly Short[]> {
  const all: Short[] = [];
  for (;;) {
    const last = all.at(-1);
    const query = { limit: String(LIMIT), ...(last !== undefined && { before: last.id }) };
    const { reconciliations } = await get<{ reconciliations: Short[] }>(
      account,
      "/meridian/v1/reconciliations",
      query,
    );
    all.push(...reconciliations);
    if (reconciliations.length < LIMIT) return all.filter(({ endedAt }) => endedAt === 0 || endedAt >= since);
  }
}

async function get<T>(account: LoadAccount, path: string, query: Record<string, string>): Promise<T> {
  const { status, body } = await askApi(account, path, query);
  if (status !== 200) throw new Error(`${path} of ${account.name}: ${status} ${JSON.stringify(body)}`);
  return body as T;
}
