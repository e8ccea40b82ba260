import type { PlaceOrderList } from "#shared/domain/command.ts";
import type { OrderTerms, OrderType } from "#shared/domain/order.ts";
import { checkEntry } from "./naive-entry-checks.ts";
import { assetPaid, freeOf, needOf } from "./naive-money.ts";
import {
  checkCounts,
  checkFilters,
  checkForm,
  checkIdIsNew,
  checkMarketOpen,
  checkNameIsNew,
  checkPosition,
  isClientOrderId,
} from "./naive-order-checks.ts";
import { lockPriceOf } from "./naive-triggers.ts";
import { demand, isPositive, type NaiveMarket, type NaiveOrder, type World } from "./naive-world.ts";

/** Rules 2 to 9 of "Order lists". `orders` are the command's orders as they would be in the world. */
export function checkList(
  world: World,
  market: NaiveMarket,
  command: PlaceOrderList,
  orders: readonly NaiveOrder[],
): void {
  const { account, listId, listClientOrderId, contingency } = command;
  const { maxOrderLists, id } = market.market;
  demand(isWellFormed(command), "malformed-list");
  for (const terms of command.orders) checkForm(account, terms);
  for (const [at, terms] of command.orders.entries()) {
    checkMarketOpen(market, terms, contingency !== "OCO" && at > 0);
    checkFilters(world, market, terms);
  }
  const [above, below] = pairOf(command);
  if (above !== undefined && below !== undefined) {
    const [high, low] = [relationPrice(above), relationPrice(below)];
    demand(high === 0 || low === 0 || high > low, "list-price-relation");
  }
  checkCounts(world, market, account, command.orders);
  const open = world.lists.filter((list) => list.account === account && list.market === id);
  demand(maxOrderLists === 0 || open.length + 1 <= maxOrderLists, "max-num-order-lists");
  checkPosition(world, market, account, command.orders);
  for (const each of [listId, ...command.orders.map(({ orderId }) => orderId)]) checkIdIsNew(world, each);
  for (const name of [listClientOrderId, ...command.orders.map((terms) => terms.clientOrderId)])
    checkNameIsNew(world, account, name);
  const first = contingency === "OCO" ? orders : orders.slice(0, 1);
  for (const order of first) checkEntry(world, market, order);
  for (const order of first) {
    const need = needOf(market.market, { ...order, lockPrice: lockPriceOf(market, order) });
    demand(need <= freeOf(world, account, assetPaid(market.market, order.side)), "insufficient-balance");
  }
}

function isWellFormed(command: PlaceOrderList): boolean {
  const { account, listId, listClientOrderId, contingency, orders } = command;
  const ids = [listId, ...orders.map(({ orderId }) => orderId)];
  const names = [listClientOrderId, ...orders.map(({ clientOrderId }) => clientOrderId)];
  const [first, second] = orders;
  const isWellBuilt = {
    OCO: orders.length === 2,
    OTO: orders.length === 2 && isWorkingType(first) && second?.quoteQuantity === 0,
    OTOCO: orders.length === 3 && isWorkingType(first),
  }[contingency];
  return (
    isPositive(listId) &&
    isPositive(account) &&
    isClientOrderId(listClientOrderId) &&
    new Set(ids).size === ids.length &&
    new Set(names).size === names.length &&
    isWellBuilt &&
    (contingency === "OTO" || isPair(pairOf(command)))
  );
}

function isWorkingType(order: OrderTerms | undefined): boolean {
  return order?.type === "LIMIT" || order?.type === "LIMIT_MAKER";
}

function pairOf({ contingency, orders }: PlaceOrderList): readonly OrderTerms[] {
  return { OCO: orders, OTO: [], OTOCO: orders.slice(1) }[contingency];
}

const PROFIT: readonly OrderType[] = ["LIMIT_MAKER", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"];
const LOSS: readonly OrderType[] = ["STOP_LOSS", "STOP_LOSS_LIMIT"];

function isPair([above, below]: readonly OrderTerms[]): boolean {
  if (above === undefined || below === undefined) return false;
  const [aboveTypes, belowTypes] = above.side === "SELL" ? [PROFIT, LOSS] : [LOSS, PROFIT];
  return (
    above.side === below.side &&
    above.quantity === below.quantity &&
    aboveTypes.includes(above.type) &&
    belowTypes.includes(below.type)
  );
}

function relationPrice({ type, price, stopPrice }: OrderTerms): number {
  return type === "LIMIT_MAKER" ? price : stopPrice;
}
