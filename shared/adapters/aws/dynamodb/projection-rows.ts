import type { AccountId, MarketId, OrderId, OrderListId } from "#shared/domain/ids.ts";
import type {
  CandleRow,
  MergedRow,
  OrderListRow,
  OrderRow,
  PreventedMatchRow,
  TradeRow,
  TradeState,
} from "#shared/ports/projections.ts";
import type { Row } from "./row.ts";
import { textOf } from "./row.ts";

/**
 * Rows of the projections as items, and back. An item holds the row's own attributes under their own names, its keys beside them, and how often its tables
 * had gone back when it was written (`rewinds`).
 */

/** What of an item is not the row's own. */
const KEYS = new Set(["pk", "owner", "number", "clientKey", "marketKey", "makerKey", "takerKey", "rewinds"]);

export function orderKey(orderId: OrderId): string {
  return `ORDER#${orderId}`;
}

export function ordersOf(account: AccountId, market: MarketId): string {
  return `ACCOUNT#${account}#${market}`;
}

export function orderClientKey(account: AccountId, market: MarketId, clientOrderId: string): string {
  return `CLIENT#${account}#${market}#${clientOrderId}`;
}

export function orderItem(order: OrderRow, rewinds: number): Row {
  const { orderId, account, market, clientOrderId } = order;
  return {
    ...order,
    pk: orderKey(orderId),
    owner: ordersOf(account, market),
    number: orderId,
    clientKey: orderClientKey(account, market, clientOrderId),
    rewinds,
  };
}

export function orderOf(item: Row): OrderRow {
  return ownOf(item) as unknown as OrderRow;
}

export function orderListKey(listId: OrderListId): string {
  return `LIST#${listId}`;
}

export function orderListsOf(account: AccountId): string {
  return `LISTS#${account}`;
}

export function orderListClientKey(account: AccountId, listClientOrderId: string): string {
  return `CLIENT-LIST#${account}#${listClientOrderId}`;
}

export function orderListItem(list: OrderListRow, rewinds: number): Row {
  const { listId, account, listClientOrderId, orders } = list;
  return {
    ...list,
    orders: JSON.stringify(orders),
    pk: orderListKey(listId),
    owner: orderListsOf(account),
    number: listId,
    clientKey: orderListClientKey(account, listClientOrderId),
    rewinds,
  };
}

export function orderListOf(item: Row): OrderListRow {
  return { ...ownOf(item), orders: JSON.parse(textOf(item, "orders")) } as unknown as OrderListRow;
}

export function preventedMatchKey({ market, preventedMatchId }: PreventedMatchRow): string {
  return `PREVENTED#${market}.${preventedMatchId}`;
}

export function preventedMatchesOf(account: AccountId, market: MarketId): string {
  return `PREVENTED#${account}#${market}`;
}

export function preventedMatchItem(match: PreventedMatchRow, rewinds: number): Row {
  const { account, market, preventedMatchId } = match;
  return {
    ...match,
    pk: preventedMatchKey(match),
    owner: preventedMatchesOf(account, market),
    number: preventedMatchId,
    rewinds,
  };
}

export function preventedMatchOf(item: Row): PreventedMatchRow {
  return ownOf(item) as unknown as PreventedMatchRow;
}

export function mergedKey({ kind, id }: Pick<MergedRow, "kind" | "id">): string {
  return `MERGED#${kind}#${id}`;
}

export function mergedItem(merged: MergedRow, rewinds: number): Row {
  return { ...merged, pk: mergedKey(merged), rewinds };
}

export function mergedOf(item: Row): MergedRow {
  return ownOf(item) as unknown as MergedRow;
}

/** Trade ids count per market. One that was taken back is kept beside the one that has its number now. */
export function tradeKey({ market, tradeId, branch }: TradeRow, state: TradeState): string {
  return state === "live" ? `TRADE#${market}.${tradeId}` : `TRADE#${market}.${tradeId}@${branch}`;
}

/**
 * A partition takes 1,000 writes a second and a market's trades come in a row, so its index is spread over so many keys, which are read side by side
 * (Developer Guide, "Using write sharding to distribute workloads evenly").
 */
export const TRADE_STRIPES = 8;

export function tradesOfMarket(market: MarketId, stripe: number, state: TradeState): string {
  return `${prefixOf(state)}MARKET#${market}#${stripe}`;
}

export type TradeRole = "maker" | "taker";

export function tradesOfAccount(
  account: AccountId,
  market: MarketId,
  role: TradeRole,
  state: TradeState,
): string {
  return `${prefixOf(state)}${role.toUpperCase()}#${account}#${market}`;
}

export function tradeItem(trade: TradeRow, state: TradeState, rewinds: number): Row {
  const { market, tradeId, makerAccount, takerAccount } = trade;
  return {
    ...trade,
    pk: tradeKey(trade, state),
    marketKey: tradesOfMarket(market, tradeId % TRADE_STRIPES, state),
    makerKey: tradesOfAccount(makerAccount, market, "maker", state),
    takerKey: tradesOfAccount(takerAccount, market, "taker", state),
    rewinds,
  };
}

export function tradeOf(item: Row): TradeRow {
  return ownOf(item) as unknown as TradeRow;
}

export function candlesOf(market: MarketId): string {
  return `CANDLE#${market}`;
}

export function candleKey({ market, openTime }: Pick<CandleRow, "market" | "openTime">) {
  return { pk: candlesOf(market), openTime };
}

/** A candle has no seq of its own: that of the step that wrote it keeps an older one from replacing it. */
export function candleItem(candle: CandleRow, seq: number, rewinds: number): Row {
  return { ...candle, ...candleKey(candle), seq, rewinds };
}

export function candleOf(item: Row): CandleRow {
  const { seq: _, ...candle } = ownOf(item);
  return candle as unknown as CandleRow;
}

function prefixOf(state: TradeState): string {
  return state === "live" ? "" : "SUPERSEDED-";
}

function ownOf(item: Row): Row {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !KEYS.has(name)));
}
