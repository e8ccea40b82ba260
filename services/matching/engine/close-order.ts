import type { AmendOrder, CancelOrder } from "#shared/domain/command.ts";
import type { Event, RejectReason } from "#shared/domain/event.ts";
import type { AccountId, OrderId } from "#shared/domain/ids.ts";
import { notionalOf } from "#shared/domain/market.ts";
import type { BookOrder } from "./book-order.ts";
import { lockOf } from "./locks.ts";
import type { MarketBook } from "./market-book.ts";
import type { ShardState } from "./shard-state.ts";

/** Takes an order out of the book and frees what it had locked. */
export function closeOrder(state: ShardState, book: MarketBook, order: BookOrder): void {
  const { asset, amount } = lockOf(book.market, order.side, order.price, order.remaining);
  book.remove(order);
  state.orders.remove(order);
  state.accounts.unlock(order.account, asset, amount);
}

/** Cancels one order. Returns why not, if so. */
export function cancelOrder(
  state: ShardState,
  book: MarketBook,
  command: CancelOrder,
  events: Event[],
): RejectReason | undefined {
  const order = findOrder(state, command);
  if (order === undefined) return "unknown-order";
  cancel(state, book, order, events);
  return undefined;
}

/** Cancels every open order of the account in the market. Returns why not, if so. */
export function cancelAllOrders(
  state: ShardState,
  book: MarketBook,
  account: AccountId,
  events: Event[],
): RejectReason | undefined {
  const orders = state.orders.ofAccount(account, book.market.id);
  if (orders.length === 0) return "unknown-order";
  for (const order of orders) cancel(state, book, order, events);
  return undefined;
}

/** Lowers an order's quantity where it stands. Returns why not, if so. */
export function amendOrder(
  state: ShardState,
  book: MarketBook,
  command: AmendOrder,
  events: Event[],
): RejectReason | undefined {
  const { market } = book;
  const order = findOrder(state, command);
  if (order === undefined) return "unknown-order";
  const { quantity } = command;
  if (quantity <= order.executed || quantity >= order.quantity) return "amend-not-lower";
  if (quantity < market.minQuantity) return "lot-size";
  if (notionalOf(market, order.price, quantity) < market.minNotional) return "notional";
  const { asset, amount } = lockOf(market, order.side, order.price, order.quantity - quantity);
  book.amend(order, quantity);
  state.accounts.unlock(order.account, asset, amount);
  events.push({
    kind: "OrderAmended",
    orderId: order.orderId,
    account: order.account,
    market: market.id,
    quantity,
  });
  return undefined;
}

/** The open order that a command names: by its id if given, else by its client id; both must fit if both are given. */
function findOrder(state: ShardState, command: CancelOrder | AmendOrder): BookOrder | undefined {
  const { account, market, orderId, origClientOrderId } = command;
  const order =
    orderId === 0
      ? state.orders.byClientId(account, origClientOrderId)
      : state.orders.byId(orderId as OrderId);
  if (order === undefined || order.account !== account || order.market !== market) return undefined;
  if (orderId !== 0 && origClientOrderId !== "" && order.clientOrderId !== origClientOrderId)
    return undefined;
  return order;
}

function cancel(state: ShardState, book: MarketBook, order: BookOrder, events: Event[]): void {
  closeOrder(state, book, order);
  const { orderId, account, market } = order;
  events.push({ kind: "OrderCanceled", orderId, account, market });
}
