import type {
  AmendOrder,
  CancelAllOrders,
  CancelOrder,
  CancelOrderList,
  CancelRestriction,
  ReplaceOrder,
} from "#shared/domain/command.ts";
import { textWord } from "#shared/domain/digest/field-hash.ts";
import type { RejectReason } from "#shared/domain/event.ts";
import { STAGE_WORKING } from "../book/orders.ts";
import { WordText } from "../flat/word-text.ts";
import { LIST_HOLDER } from "./client-order-ids.ts";
import { cancelList, cancelStored } from "./end-order.ts";
import type { MarketState } from "./market-state.ts";
import type { Matching } from "./matching.ts";
import {
  accountOf,
  listIdOf,
  payingBalanceOf,
  preventedOf,
  rehash,
  remainingOf,
  sideOf,
  unitOf,
} from "./open-orders.ts";
import type { OrderList } from "./order-list.ts";
import { placeOrder } from "./place-order.ts";
import { rejected } from "./rejected.ts";
import type { Shard } from "./shard.ts";
import { BUY, Terms } from "./terms.ts";

/** Cancels an order, with its list. Returns why not, if so. */
export function cancelOrder(
  shard: Shard,
  market: MarketState,
  command: CancelOrder,
): RejectReason | undefined {
  if (market.state === "HALT") return "market-closed";
  const { account, orderId, origClientOrderId, restriction } = command;
  const order = findOrder(shard, market, account, orderId, origClientOrderId);
  if (order < 0) return "unknown-order";
  if (!isUnrestricted(shard, order, restriction)) return "cancel-restricted";
  cancelWithList(shard, market, order);
  return undefined;
}

/** Cancels an open order of this account and market by its id, without restriction. False if there is none. */
export function cancelById(shard: Shard, market: MarketState, account: number, orderId: number): boolean {
  const order = shard.book.orders.find(orderId);
  if (order < 0 || !isOf(shard, market, order, account)) return false;
  cancelWithList(shard, market, order);
  return true;
}

/** Cancels every open order of the account in the market. Returns why not, if so. */
export function cancelAllOrders(
  shard: Shard,
  market: MarketState,
  { account }: CancelAllOrders,
): RejectReason | undefined {
  if (market.state === "HALT") return "market-closed";
  const { orders } = shard.book;
  const trader = shard.traders.find(account, market.number);
  const ids: number[] = [];
  for (
    let order = trader < 0 ? -1 : shard.traders.firstOrder(trader);
    order >= 0;
    order = orders.ownNext(order)
  ) {
    ids.push(orders.orderId(order));
  }
  if (ids.length === 0) return "unknown-order";
  for (const id of ids.sort((a, b) => a - b)) {
    // One canceled before may have taken this one with it.
    const order = orders.find(id);
    if (order >= 0) cancelWithList(shard, market, order);
  }
  return undefined;
}

/** Cancels every open order of a list. Returns why not, if so. */
export function cancelOrderList(
  shard: Shard,
  market: MarketState,
  command: CancelOrderList,
): RejectReason | undefined {
  if (market.state === "HALT") return "market-closed";
  const list = findList(shard, command);
  if (list?.market !== market.number) return "unknown-list";
  cancelList(shard, market, list);
  return undefined;
}

/** Lowers an order's quantity where it stands. Returns why not, if so. */
export function amendOrder(shard: Shard, market: MarketState, command: AmendOrder): RejectReason | undefined {
  if (market.state === "HALT" || market.state === "CANCEL_ONLY") return "market-closed";
  const { account, orderId, origClientOrderId, quantity } = command;
  const order = findOrder(shard, market, account, orderId, origClientOrderId);
  if (order < 0) return "unknown-order";
  if (listIdOf(shard, order) > 0) return "amend-in-list";
  const { orders } = shard.book;
  const done = orders.executed(order) + preventedOf(shard, order);
  if (quantity <= done || quantity >= orders.quantity(order)) return "amend-not-lower";
  const { minQuantity, minNotional, quotePerTickLot } = market.market;
  if (quantity < minQuantity) return "lot-size";
  const extras = orders.extras(order);
  const reference = orders.price(order) || (extras < 0 ? 0 : shard.extras.stopPrice(extras));
  if (reference > 0 && reference * quantity * quotePerTickLot < minNotional) return "notional";

  const less = orders.quantity(order) - quantity;
  shard.balances.unlock(payingBalanceOf(shard, order), less * unitOf(shard, market, order));
  if (sideOf(shard, order) === BUY) shard.traders.addOpenBuyLots(orders.trader(order), -less);
  orders.setQuantity(order, quantity);
  const tooVisible = orders.visible(order) - remainingOf(shard, order);
  if (orders.stage(order) === STAGE_WORKING && tooVisible > 0) {
    market.depth.touch(sideOf(shard, order), orders.level(order));
    shard.book.shrink(order, tooVisible);
  }
  rehash(shard, market, order);
  const { kind: _kind, origClientOrderId: _name, ...ids } = command;
  shard.events.event({ kind: "OrderAmended", ...ids, orderId: orders.orderId(order) as AmendedId, quantity });
  return undefined;
}
type AmendedId = Exclude<AmendOrder["orderId"], 0>;

/** Cancels one order, then places another; each part that is refused reports so itself. Returns why the whole was refused, if so. */
export function replaceOrder(
  shard: Shard,
  matching: Matching,
  market: MarketState,
  command: ReplaceOrder,
): RejectReason | undefined {
  if (market.state === "HALT") return "market-closed";
  const { account, cancelOrderId, cancelOrigClientOrderId, restriction, mode } = command;
  const cancel: CancelOrder = {
    kind: "CancelOrder",
    account,
    market: command.market,
    orderId: cancelOrderId,
    origClientOrderId: cancelOrigClientOrderId,
    restriction,
  };
  const notCanceled = cancelOrder(shard, market, cancel);
  if (notCanceled !== undefined) {
    shard.events.event(rejected(cancel, notCanceled));
    if (mode === "STOP_ON_FAILURE") return undefined;
  }
  const terms = new Terms();
  terms.load(command.order);
  const notPlaced = placeOrder(shard, matching, market, account, terms);
  if (notPlaced !== undefined) {
    shard.events.event(
      rejected({ ...command.order, kind: "PlaceOrder", account, market: command.market }, notPlaced),
    );
  }
  return undefined;
}

function cancelWithList(shard: Shard, market: MarketState, order: number): void {
  const list = shard.lists.get(listIdOf(shard, order));
  if (list === undefined) cancelStored(shard, market, order);
  else cancelList(shard, market, list);
}

/** The account's open order of this name in this market; -1 if there is none. */
function findOrder(
  shard: Shard,
  market: MarketState,
  account: number,
  orderId: number,
  clientOrderId: string,
): number {
  const { orders } = shard.book;
  const named = clientOrderId === "" ? -1 : findByClientOrderId(shard, account, clientOrderId);
  const order = orderId === 0 ? named : orders.find(orderId);
  if (order < 0 || !isOf(shard, market, order, account)) return -1;
  if (orderId !== 0 && clientOrderId !== "" && order !== named) return -1;
  return order;
}

function findByClientOrderId(shard: Shard, account: number, clientOrderId: string): number {
  const text = WordText.of(clientOrderId);
  const entry = shard.clientOrderIds.find(account, text, textWord(clientOrderId));
  const holder = entry < 0 ? -1 : shard.clientOrderIds.holder(entry);
  return holder === LIST_HOLDER ? -1 : holder;
}

function findList(
  shard: Shard,
  { account, listId, listClientOrderId }: CancelOrderList,
): OrderList | undefined {
  const named = listClientOrderId === "" ? undefined : shard.listByClientOrderId(account, listClientOrderId);
  const list = listId === 0 ? named : shard.lists.get(listId);
  if (list?.state.account !== account) return undefined;
  if (listId !== 0 && listClientOrderId !== "" && list !== named) return undefined;
  return list;
}

function isOf(shard: Shard, market: MarketState, order: number, account: number): boolean {
  return accountOf(shard, order) === account && shard.marketOf(order) === market;
}

function isUnrestricted(shard: Shard, order: number, restriction: CancelRestriction): boolean {
  const executed = shard.book.orders.executed(order);
  if (restriction === "ONLY_NEW") return executed === 0;
  return restriction === "NONE" || executed > 0;
}
