import type { PlaceOrderList } from "#shared/domain/command.ts";
import { textWord } from "#shared/domain/digest/field-hash.ts";
import type { RejectReason } from "#shared/domain/event.ts";
import { STAGE_PENDING, STAGE_WAITING } from "../book/orders.ts";
import { WordText } from "../flat/word-text.ts";
import { lockPair } from "./activate-list.ts";
import {
  checkAgainstBook,
  checkCounts,
  checkFilters,
  exceedsPosition,
  isOrderIdTaken,
  isWellFormed,
  lockNeed,
} from "./check-order.ts";
import { isClientOrderId } from "./client-order-id-text.ts";
import { LIST_HOLDER } from "./client-order-ids.ts";
import type { MarketState } from "./market-state.ts";
import type { Matching } from "./matching.ts";
import { beginWaiting, createOrder, joinBook, rehash, setLockPrice } from "./open-orders.ts";
import { OrderList } from "./order-list.ts";
import { freeFor, STAGES } from "./place-order.ts";
import type { Shard } from "./shard.ts";
import { BUY, isAlgo, LIMIT, LIMIT_MAKER, MARKET, STOP_LOSS, STOP_LOSS_LIMIT, Terms } from "./terms.ts";

/** Places a list by all its rules (docs/engine-rules.md, "Order lists") from the second on. Returns why not, if so. */
export function placeOrderList(
  shard: Shard,
  matching: Matching,
  market: MarketState,
  command: PlaceOrderList,
): RejectReason | undefined {
  const legs = command.orders.map((order) => {
    const terms = new Terms();
    terms.load(order);
    return terms;
  });
  const refused = check(shard, market, command, legs);
  if (refused !== undefined) return refused;

  const { account, listId, listClientOrderId, contingency, orders } = command;
  const trader = shard.trader(account, market);
  const entry = shard.clientOrderIds.remember(
    account,
    WordText.of(listClientOrderId),
    textWord(listClientOrderId),
    shard.time,
  );
  shard.clientOrderIds.hold(entry, LIST_HOLDER);
  const orderIds = orders.map(({ orderId }) => orderId);
  const state = {
    listId,
    account,
    market: market.market.id,
    listClientOrderId,
    contingency,
    orders: orderIds,
  };
  shard.events.event({ kind: "OrderListAccepted", ...state });
  const list = new OrderList({ ...state, time: shard.time }, market.number, entry, shard.digest);
  shard.lists.set(listId, list);
  shard.traders.addOpenLists(trader, 1);

  const entries = legs.map((terms, place) => {
    shard.events.orderAccepted(account, market.text, terms, listId, stageOf(command, terms, place));
    return shard.clientOrderIds.remember(account, terms.clientOrderId, terms.clientOrderIdWord, shard.time);
  });
  if (contingency === "OCO") placePair(shard, market, trader, listId, legs, entries);
  else {
    for (const [place, terms] of legs.entries()) {
      if (place === 0) continue;
      const order = createOrder(
        shard,
        market,
        trader,
        terms,
        listId,
        entries[place] as number,
        STAGE_PENDING,
      );
      rehash(shard, market, order);
    }
    const working = legs[0] as Terms;
    matching.load(market, trader, working, listId);
    matching.workNew(working, entries[0] as number);
  }
  return undefined;
}

function stageOf({ contingency }: PlaceOrderList, { type }: Terms, place: number): number {
  if (contingency !== "OCO" && place > 0) return STAGES.pending;
  return isAlgo(type) ? STAGES.waiting : STAGES.working;
}

function placePair(
  shard: Shard,
  market: MarketState,
  trader: number,
  listId: number,
  legs: readonly Terms[],
  entries: readonly number[],
): void {
  const pair = legs.map((terms, place) => {
    const order = createOrder(shard, market, trader, terms, listId, entries[place] as number, STAGE_WAITING);
    setLockPrice(shard, market, order);
    return order;
  });
  const [above, below] = pair as [number, number];
  lockPair(shard, above, below, Math.max(...legs.map((terms) => lockNeed(market, terms))));
  for (const [place, order] of pair.entries()) {
    if (isAlgo((legs[place] as Terms).type)) beginWaiting(shard, market, order);
    else {
      shard.extras.setWorkingTime(shard.book.orders.extras(order), shard.time);
      joinBook(shard, market, order);
    }
  }
}

function check(
  shard: Shard,
  market: MarketState,
  command: PlaceOrderList,
  legs: readonly Terms[],
): RejectReason | undefined {
  const { account, listId, listClientOrderId, contingency } = command;
  const isPending = (place: number) => contingency !== "OCO" && place > 0;
  if (!isListWellFormed(command, legs)) return "malformed-list";
  for (const terms of legs) {
    if (!isWellFormed(account, terms)) return "malformed-order";
  }
  for (const [place, terms] of legs.entries()) {
    const refused = checkFilters(shard, market, terms, isPending(place));
    if (refused !== undefined) return refused;
  }
  const pair = contingency === "OTO" ? undefined : legs.slice(-2);
  if (pair !== undefined && !isPriceRelationRight(pair as [Terms, Terms])) return "list-price-relation";

  const trader = shard.trader(account, market);
  const algoOrders = legs.filter(({ type }) => isAlgo(type)).length;
  const icebergs = legs.filter(({ icebergQuantity }) => icebergQuantity > 0).length;
  const counted = checkCounts(shard, market, trader, legs.length, algoOrders, icebergs);
  if (counted !== undefined) return counted;
  const { maxOrderLists } = market.market;
  if (maxOrderLists > 0 && shard.traders.openLists(trader) + 1 > maxOrderLists) return "max-num-order-lists";
  const buys = legs.filter(({ side }) => side === BUY);
  const bought = buys.reduce((sum, { quantity }) => sum + quantity, 0);
  if (buys.length > 0 && exceedsPosition(shard, market, trader, bought)) return "max-position";

  if ([listId, ...legs.map(({ orderId }) => orderId)].some((id) => isOrderIdTaken(shard, id))) {
    return "duplicate-order-id";
  }
  const isTaken = (text: WordText, word: number) => shard.clientOrderIds.find(account, text, word) >= 0;
  if (
    isTaken(WordText.of(listClientOrderId), textWord(listClientOrderId)) ||
    legs.some(({ clientOrderId, clientOrderIdWord }) => isTaken(clientOrderId, clientOrderIdWord))
  ) {
    return "duplicate-client-order-id";
  }
  const atWork = legs.filter((_, place) => !isPending(place));
  for (const terms of atWork) {
    const refused = checkAgainstBook(shard, market, trader, terms);
    if (refused !== undefined) return refused;
  }
  const need = Math.max(...atWork.map((terms) => lockNeed(market, terms)));
  return need > freeFor(shard, trader, legs[0] as Terms) ? "insufficient-balance" : undefined;
}

function isListWellFormed(command: PlaceOrderList, legs: readonly Terms[]): boolean {
  const { listId, account, listClientOrderId, contingency, orders } = command;
  if (listId === 0 || account === 0 || !isClientOrderId(listClientOrderId)) return false;
  if (orders.length !== (contingency === "OTOCO" ? 3 : 2)) return false;
  const ids = new Set<number>([listId, ...orders.map(({ orderId }) => orderId)]);
  const clientIds = new Set([listClientOrderId, ...orders.map(({ clientOrderId }) => clientOrderId)]);
  if (ids.size !== orders.length + 1 || clientIds.size !== orders.length + 1) return false;
  const [first, second] = legs;
  if (contingency !== "OCO" && first?.type !== LIMIT && first?.type !== LIMIT_MAKER) return false;
  if (contingency === "OTO") return second?.quoteQuantity === 0;
  const [above, below] = legs.slice(-2);
  if (above === undefined || below === undefined) return false;
  return above.side === below.side && above.quantity === below.quantity && isPairOfTypes(above, below);
}

/** An OCO's stop loss is on the far side of the market, its limit or take profit on the near one. */
function isPairOfTypes(above: Terms, below: Terms): boolean {
  const [stop, target] = above.side === BUY ? [above, below] : [below, above];
  const isStopLoss = stop.type === STOP_LOSS || stop.type === STOP_LOSS_LIMIT;
  const isTarget = target.type === LIMIT_MAKER || (isAlgo(target.type) && !isStopLossType(target.type));
  return isStopLoss && isTarget && target.type !== MARKET;
}

function isStopLossType(type: number): boolean {
  return type === STOP_LOSS || type === STOP_LOSS_LIMIT;
}

function isPriceRelationRight([above, below]: readonly [Terms, Terms]): boolean {
  const [high, low] = [above, below].map(({ type, price, stopPrice }) =>
    type === LIMIT_MAKER ? price : stopPrice,
  );
  return high === 0 || low === 0 || (high as number) > (low as number);
}
