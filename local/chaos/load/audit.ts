import type { ClientLedger, LedgerEntry } from "./client-ledger.ts";
import { askApi, balancesOf, type LoadAccount, unitsOf } from "./load-account.ts";
import { differingTrades } from "./same-trades.ts";
import { type Statements, statementsOf } from "./statements.ts";

/** What the platform holds, set against what its clients sent and were told. */
export interface Audit {
  /** Acknowledged to a client and not there, or there with less executed than was told. */
  readonly lost: readonly string[];
  /** There twice, there though refused, or sent by nobody. */
  readonly doubled: readonly string[];
  /** Provisional or not final when they were acknowledged, undone by a reconciliation, and their owner was told so. */
  readonly compensated: number;
  /** Balances that are not what the account's own trades make of what it had. */
  readonly wrongBalances: readonly string[];
  /** Trades that not every Region shows alike. */
  readonly differingTrades: readonly string[];
  readonly acknowledged: number;
  readonly refused: number;
  /** Nobody knows: neither acknowledged nor refused when the time was over. */
  readonly unknown: number;
}

interface OrderRow {
  readonly clientOrderId: string;
  readonly orderId: number;
  readonly executedQty: string;
}

interface TradeRow {
  readonly id: number;
  readonly price: string;
  readonly qty: string;
  readonly quoteQty: string;
  readonly commission: string;
  readonly commissionAsset: string;
  readonly isBuyer: boolean;
}

const PAGE = 1000;

/** What the run was, and what stood when it began. */
export interface AuditedRun {
  /** Begins the ids of its orders. */
  readonly name: string;
  /** Epoch ms. */
  readonly since: number;
  /** By account: its last trade before. */
  readonly tradesBefore: ReadonlyMap<string, number>;
}

/** Reads every account's orders, trades, balances and statements, and checks them against the clients' own ledger. */
export async function audit(
  accounts: readonly LoadAccount[],
  ledger: ClientLedger,
  { name: run, since, tradesBefore }: AuditedRun,
): Promise<Audit> {
  const lost: string[] = [];
  const doubled: string[] = [];
  const wrongBalances: string[] = [];
  let compensated = 0;
  for (const account of accounts) {
    const sent = new Map(
      ledger.entries
        .filter((entry) => entry.account === account.name)
        .map((entry) => [entry.clientOrderId, entry]),
    );
    const all = await pages<OrderRow>(account, "/api/v3/allOrders", "orderId", 0, ({ orderId }) => orderId);
    const orders = all.filter(({ clientOrderId }) => clientOrderId.startsWith(`${run}-`));
    const statements = await statementsOf(account, since);
    const standing = await standingIds(account, sent, orders);
    compensated += checkOrders(account.name, sent, orders, { lost, doubled }, { ...statements, standing });
    const from = tradesBefore.get(account.name) ?? 0;
    const trades = await pages<TradeRow>(account, "/api/v3/myTrades", "fromId", from + 1, ({ id }) => id);
    wrongBalances.push(...(await checkBalances(account, trades)));
  }
  const count = (kind: string) => ledger.entries.filter(({ outcome }) => outcome?.kind === kind).length;
  return {
    lost,
    doubled,
    compensated,
    wrongBalances,
    differingTrades: await differingTrades(accounts, lastBySymbol(accounts, tradesBefore)),
    acknowledged: count("acknowledged"),
    refused: count("refused"),
    unknown: ledger.open,
  };
}

/** The last trade of each market before, as far as its accounts knew. */
function lastBySymbol(
  accounts: readonly LoadAccount[],
  tradesBefore: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const { name, market } of accounts)
    last.set(market.symbol, Math.max(last.get(market.symbol) ?? 0, tradesBefore.get(name) ?? 0));
  return last;
}

/** The last trade that an account knows of now; 0 for none. */
export async function lastTradeOf(account: LoadAccount): Promise<number> {
  const { status, body } = await askApi(account, "/api/v3/myTrades", {
    symbol: account.market.symbol,
    limit: "1",
  });
  if (status !== 200) throw new Error(`the trades of ${account.name}: ${status}`);
  return (body as TradeRow[]).at(-1)?.id ?? 0;
}

/** Under which id the platform finds each order that it lists under another than its client was told: asked by the id that was told. */
async function standingIds(
  account: LoadAccount,
  sent: ReadonlyMap<string, LedgerEntry>,
  orders: readonly OrderRow[],
): Promise<ReadonlyMap<number, number>> {
  const standing = new Map<number, number>();
  const { symbol } = account.market;
  for (const { clientOrderId, orderId } of orders) {
    const outcome = sent.get(clientOrderId)?.outcome;
    if (outcome?.kind !== "acknowledged" || outcome.orderId === orderId) continue;
    const named = { symbol, orderId: String(outcome.orderId) };
    const { status, body } = await askApi(account, "/api/v3/order", named);
    if (status === 200) standing.set(outcome.orderId, (body as OrderRow).orderId);
  }
  return standing;
}

/** What an account was told of its orders beside the answers to them. */
export interface Told extends Statements {
  /** Under which id an order is found by the one that was told, where that is another. */
  readonly standing: ReadonlyMap<number, number>;
}

/** Nothing. */
export const TOLD_NOTHING: Told = { busted: new Map(), notReplayed: new Set(), standing: new Map() };

/** Exposed for tests: orders of one account against what was sent and told. How many of them were undone, and their owner was told so. */
export function checkOrders(
  name: string,
  sent: ReadonlyMap<string, LedgerEntry>,
  orders: readonly OrderRow[],
  found: { readonly lost: string[]; readonly doubled: string[] },
  { busted, notReplayed, standing }: Told = TOLD_NOTHING,
): number {
  let compensated = 0;
  const seen = new Map<string, OrderRow>();
  for (const order of orders) {
    const entry = sent.get(order.clientOrderId);
    if (seen.has(order.clientOrderId)) found.doubled.push(`${name} ${order.clientOrderId}: there twice`);
    else if (entry === undefined) found.doubled.push(`${name} ${order.clientOrderId}: sent by nobody`);
    else if (entry.outcome?.kind === "refused")
      found.doubled.push(`${name} ${order.clientOrderId}: refused with ${entry.outcome.code}, and there`);
    seen.set(order.clientOrderId, order);
  }
  for (const [id, { outcome }] of sent) {
    if (outcome?.kind !== "acknowledged") continue;
    const order = seen.get(id);
    const { orderId, executedQty } = outcome;
    if (order === undefined && notReplayed.has(orderId)) compensated++;
    else if (order === undefined) found.lost.push(`${name} ${id}: acknowledged as ${orderId}, not there`);
    else if (order.orderId !== (standing.get(orderId) ?? orderId))
      found.lost.push(`${name} ${id}: acknowledged as ${orderId}, there as ${order.orderId}`);
    else if (unitsOf(order.executedQty) < unitsOf(executedQty)) {
      // Acknowledged is not final: a fill may be undone with a fork, and then its owner has a statement of it.
      const told = unitsOf(order.executedQty) + (busted.get(orderId) ?? busted.get(order.orderId) ?? 0n);
      if (told >= unitsOf(executedQty) || notReplayed.has(orderId)) compensated++;
      else found.lost.push(`${name} ${id}: told ${executedQty} executed, there ${order.executedQty}`);
    }
  }
  return compensated;
}

async function checkBalances(account: LoadAccount, trades: readonly TradeRow[]): Promise<string[]> {
  const { base, quote } = account.market;
  const expected = new Map(account.funds);
  const add = (asset: string, amount: bigint) => expected.set(asset, (expected.get(asset) ?? 0n) + amount);
  for (const { isBuyer, qty, quoteQty, commission, commissionAsset } of trades) {
    add(base, isBuyer ? unitsOf(qty) : -unitsOf(qty));
    add(quote, isBuyer ? -unitsOf(quoteQty) : unitsOf(quoteQty));
    add(commissionAsset, -unitsOf(commission));
  }
  const there = await balancesOf(account);
  return [base, quote]
    .filter((asset) => (there.get(asset) ?? 0n) !== (expected.get(asset) ?? 0n))
    .map(
      (asset) =>
        `${account.name} ${asset}: ${there.get(asset) ?? 0n}, its trades make ${expected.get(asset) ?? 0n}`,
    );
}

async function pages<Row>(
  account: LoadAccount,
  path: string,
  from: string,
  first: number,
  idOf: (row: Row) => number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let next = first; ; ) {
    const page = { symbol: account.market.symbol, limit: String(PAGE), [from]: String(next) };
    const { status, body } = await askApi(account, path, page);
    if (status !== 200) throw new Error(`${path} of ${account.name}: ${status} ${JSON.stringify(body)}`);
    rows.push(...(body as Row[]));
    const last = rows.at(-1);
    if ((body as Row[]).length < PAGE || last === undefined) return rows;
    next = idOf(last) + 1;
  }
}
