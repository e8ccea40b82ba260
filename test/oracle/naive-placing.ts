import type { PlaceOrderList } from "#shared/domain/command.ts";
import type { AccountId, OrderListId } from "#shared/domain/ids.ts";
import { isAlgo, type OrderTerms } from "#shared/domain/order.ts";
import { checkEntry, checkFunds } from "./naive-entry-checks.ts";
import { checkList } from "./naive-list-checks.ts";
import {
  checkCounts,
  checkFilters,
  checkForm,
  checkIdIsNew,
  checkMarketOpen,
  checkNameIsNew,
  checkPosition,
} from "./naive-order-checks.ts";
import { beginToWait } from "./naive-triggers.ts";
import { lockPair, workOffQueue } from "./naive-turns.ts";
import { goToWork } from "./naive-work.ts";
import { marketOf, type NaiveMarket, type NaiveOrder, type World } from "./naive-world.ts";

/** "PlaceOrder" from its rule 2 on. */
export function placeOrder(world: World, account: AccountId, market: NaiveMarket, terms: OrderTerms): void {
  const order = orderFrom(world, account, market, terms, 0);
  checkForm(account, terms);
  checkMarketOpen(market, terms);
  checkFilters(world, market, terms);
  checkCounts(world, market, account, [terms]);
  checkPosition(world, market, account, [terms]);
  checkIdIsNew(world, terms.orderId);
  checkNameIsNew(world, account, terms.clientOrderId);
  checkEntry(world, market, order);
  checkFunds(world, market, order);
  remember(world, account, terms.clientOrderId);
  accept(world, order);
  begin(world, order);
  workOffQueue(world);
}

export function placeOrderList(world: World, command: PlaceOrderList): void {
  const { listId, account, market: id, listClientOrderId, contingency } = command;
  const market = marketOf(world, id);
  const orders = command.orders.map((terms) => orderFrom(world, account, market, terms, listId));
  checkList(world, market, command, orders);
  const ids = orders.map(({ orderId }) => orderId);
  const list = { listId, account, market: id, listClientOrderId, contingency, orders: ids };
  world.lists.push({ ...list, time: world.time });
  world.events.push({ kind: "OrderListAccepted", ...list });
  remember(world, account, listClientOrderId);
  for (const { clientOrderId } of orders) remember(world, account, clientOrderId);
  for (const [at, order] of orders.entries()) {
    if (contingency !== "OCO" && at > 0) order.place = "pending";
    accept(world, order);
  }
  const [above, below] = orders;
  if (contingency === "OCO" && above !== undefined && below !== undefined)
    lockPair(world, market, above, below);
  for (const order of orders) if (order.place !== "pending") begin(world, order);
  workOffQueue(world);
}

function orderFrom(
  world: World,
  account: AccountId,
  { market }: NaiveMarket,
  terms: OrderTerms,
  listId: OrderListId | 0,
): NaiveOrder {
  return {
    ...terms,
    quoteQuantity: BigInt(terms.quoteQuantity),
    account,
    market: market.id,
    listId,
    place: isAlgo(terms.type) ? "waiting" : "taking",
    executed: 0,
    executedQuote: 0n,
    prevented: 0,
    preventedQuote: 0n,
    visible: 0,
    priority: 0,
    extreme: 0,
    lockPrice: 0,
    locked: 0n,
    time: world.time,
    workingTime: 0,
  };
}

function accept(world: World, order: NaiveOrder): void {
  world.orders.push(order);
  world.events.push({
    kind: "OrderAccepted",
    account: order.account,
    market: order.market,
    orderId: order.orderId,
    clientOrderId: order.clientOrderId,
    side: order.side,
    type: order.type,
    timeInForce: order.timeInForce,
    selfTradePrevention: order.selfTradePrevention,
    price: order.price,
    quantity: order.quantity,
    quoteQuantity: Number(order.quoteQuantity),
    stopPrice: order.stopPrice,
    trailingDelta: order.trailingDelta,
    icebergQuantity: order.icebergQuantity,
    goodTillDate: order.goodTillDate,
    listId: order.listId,
    stage: order.place === "pending" ? "pending" : isAlgo(order.type) ? "waiting" : "working",
  });
}

function remember(world: World, account: AccountId, clientOrderId: string): void {
  world.clientOrderIds.push({ account, clientOrderId, time: world.time });
}

/** Begins what an accepted order does first. */
function begin(world: World, order: NaiveOrder): void {
  if (isAlgo(order.type)) beginToWait(world, order);
  else goToWork(world, order);
}
