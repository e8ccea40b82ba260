import type { ClientLedger, LedgerEntry } from "./client-ledger.ts";
import { balancesOf, callApi, type LoadAccount, unitsOf } from "./load-account.ts";
import { SYMBOL } from "./load-generator.ts";

/** What the platform holds, set against what its clients sent and were told. */
export interface Audit {
  /** Acknowledged to a client and not there, or there with less executed than was told. */
  readonly lost: readonly string[];
  /** There twice, there though refused, or sent by nobody. */
  readonly doubled: readonly string[];
  /** Balances that are not what the account's own trades make of what it had. */
  readonly wrongBalances: readonly string[];
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
const [BASE, QUOTE] = ["BTC", "USDT"] as const;

/** Reads every account's orders, trades and balances and checks them against the clients' own ledger. `run` names the orders that are looked at. */
export async function audit(
  accounts: readonly LoadAccount[],
  ledger: ClientLedger,
  run: string,
  tradesBefore: ReadonlyMap<string, number>,
): Promise<Audit> {
  const lost: string[] = [];
  const doubled: string[] = [];
  const wrongBalances: string[] = [];
  for (const account of accounts) {
    const sent = new Map(
      ledger.entries
        .filter((entry) => entry.account === account.name)
        .map((entry) => [entry.clientOrderId, entry]),
    );
    const all = await pages<OrderRow>(account, "/api/v3/allOrders", "orderId", 0, ({ orderId }) => orderId);
    const orders = all.filter(({ clientOrderId }) => clientOrderId.startsWith(`${run}-`));
    const standing = await standingIds(account, sent, orders);
    checkOrders(account.name, sent, orders, { lost, doubled }, standing);
    const from = tradesBefore.get(account.name) ?? 0;
    const trades = await pages<TradeRow>(account, "/api/v3/myTrades", "fromId", from + 1, ({ id }) => id);
    wrongBalances.push(...(await checkBalances(account, trades)));
  }
  const count = (kind: string) => ledger.entries.filter(({ outcome }) => outcome?.kind === kind).length;
  return {
    lost,
    doubled,
    wrongBalances,
    acknowledged: count("acknowledged"),
    refused: count("refused"),
    unknown: ledger.open,
  };
}

/** The last trade that an account knows of now; 0 for none. */
export async function lastTradeOf(account: LoadAccount): Promise<number> {
  const { status, body } = await callApi(account, "GET", "/api/v3/myTrades", { symbol: SYMBOL, limit: "1" });
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
  for (const { clientOrderId, orderId } of orders) {
    const outcome = sent.get(clientOrderId)?.outcome;
    if (outcome?.kind !== "acknowledged" || outcome.orderId === orderId) continue;
    const named = { symbol: SYMBOL, orderId: String(outcome.orderId) };
    const { status, body } = await callApi(account, "GET", "/api/v3/order", named);
    if (status === 200) standing.set(outcome.orderId, (body as OrderRow).orderId);
  }
  return standing;
}

/** Exposed for tests: orders of one account against what was sent. `standing`: under which id an order is found by the one that was told, where that is another. */
export function checkOrders(
  name: string,
  sent: ReadonlyMap<string, LedgerEntry>,
  orders: readonly OrderRow[],
  found: { readonly lost: string[]; readonly doubled: string[] },
  standing: ReadonlyMap<number, number> = new Map(),
): void {
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
    if (order === undefined) found.lost.push(`${name} ${id}: acknowledged as ${outcome.orderId}, not there`);
    else if (order.orderId !== (standing.get(outcome.orderId) ?? outcome.orderId))
      found.lost.push(`${name} ${id}: acknowledged as ${outcome.orderId}, there as ${order.orderId}`);
    // What was executed provisionally may have been undone, with a statement.
    else if (!outcome.provisional && unitsOf(order.executedQty) < unitsOf(outcome.executedQty))
      found.lost.push(`${name} ${id}: told ${outcome.executedQty} executed, there ${order.executedQty}`);
  }
}

async function checkBalances(account: LoadAccount, trades: readonly TradeRow[]): Promise<string[]> {
  const expected = new Map(account.funds);
  const add = (asset: string, amount: bigint) => expected.set(asset, (expected.get(asset) ?? 0n) + amount);
  for (const { isBuyer, qty, quoteQty, commission, commissionAsset } of trades) {
    add(BASE, isBuyer ? unitsOf(qty) : -unitsOf(qty));
    add(QUOTE, isBuyer ? -unitsOf(quoteQty) : unitsOf(quoteQty));
    add(commissionAsset, -unitsOf(commission));
  }
  const there = await balancesOf(account);
  return [BASE, QUOTE]
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
    const page = { symbol: SYMBOL, limit: String(PAGE), [from]: String(next) };
    const { status, body } = await callApi(account, "GET", path, page);
    if (status !== 200) throw new Error(`${path} of ${account.name}: ${status} ${JSON.stringify(body)}`);
    rows.push(...(body as Row[]));
    const last = rows.at(-1);
    if ((body as Row[]).length < PAGE || last === undefined) return rows;
    next = idOf(last) + 1;
  }
}
