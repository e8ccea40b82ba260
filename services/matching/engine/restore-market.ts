import type { ByteReader } from "#shared/domain/encoding/byte-reader.ts";
import type { Codec } from "#shared/domain/encoding/codec.ts";
import { type MarketHead, openOrderListsCodec } from "#shared/domain/encoding/state-encoding.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { OpenOrderList } from "#shared/domain/order.ts";
import { STAGE_PENDING, STAGE_WAITING } from "../book/orders.ts";
import { encodedText } from "../flat/word-text.ts";
import { isWellFormedMarket } from "./definitions.ts";
import type { LockSums } from "./lock-sums.ts";
import type { MarketState } from "./market-state.ts";
import { accountOf, listIdOf, lockedOf, needOf, rehash, sideOf, typeOf } from "./open-orders.ts";
import { OrderList } from "./order-list.ts";
import { linkBackward, restoreBookSide, restoreOutsideBook } from "./restore-orders.ts";
import { LIST_HOLDER, type Shard } from "./shard.ts";
import { BUY, SELL, triggersUpward } from "./terms.ts";

/** Takes a market over from a snapshot, with its orders and order lists; what they lock is added to `locks`. `headCodec` is that of the snapshot's version. */
export function restoreMarket(
  reader: ByteReader,
  shard: Shard,
  headCodec: Codec<MarketHead>,
  locks: LockSums,
): void {
  const market = restoreHead(shard, headCodec.read(reader));
  // Those with extras: what they lock depends on their lists, which come after them.
  const withExtras: number[] = [];
  const firstOrder = shard.book.orders.end;
  const firstEntry = shard.clientOrderIds.end;
  restoreBookSide(reader, shard, market, BUY, withExtras, locks);
  restoreBookSide(reader, shard, market, SELL, withExtras, locks);
  const waiting = restoreOutsideBook(reader, shard, market, STAGE_WAITING, withExtras, locks);
  letWait(shard, market, waiting);
  restoreOutsideBook(reader, shard, market, STAGE_PENDING, withExtras, locks);
  assert(shard.book.orders.indexFrom(firstOrder), "no two open orders have one id");
  assert(
    shard.clientOrderIds.indexFrom(firstEntry),
    "no two open orders of an account have one client order id",
  );
  linkBackward(shard, firstOrder);
  restoreLists(reader, shard, market, withExtras);
  for (const order of withExtras) {
    restoreLock(shard, market, order);
    locks.add(shard.book.orders.trader(order), sideOf(shard, order), lockedOf(shard, market, order));
  }
}

function restoreHead(shard: Shard, { market: definition, ...head }: MarketHead): MarketState {
  const { assets } = shard;
  assert(
    shard.marketsById.every(({ market }) => market.id < definition.id),
    "markets stand by id",
  );
  const areAssetsKnown = assets.find(definition.base) >= 0 && assets.find(definition.quote) >= 0;
  assert(areAssetsKnown && isWellFormedMarket(definition), "a market is well-formed");
  const market = shard.addMarket(definition);
  Object.assign(market, head);
  market.rehash(shard.digest);
  return market;
}

/** Waiting orders take their places by priority. */
function letWait(shard: Shard, market: MarketState, waiting: number[]): void {
  const { orders } = shard.book;
  const { extras } = shard;
  for (const order of waiting.sort((a, b) => orders.priority(a) - orders.priority(b))) {
    const record = orders.extras(order);
    if (extras.extreme(record) > 0) {
      assert(extras.trailingDelta(record) > 0, "an order that tracks has a trailing delta");
      market.tracking(sideOf(shard, order)).add(order);
      continue;
    }
    const stopPrice = extras.stopPrice(record);
    assert(stopPrice > 0, "an order that waits has a stop price");
    shard.book.join(
      market.triggers(triggersUpward(typeOf(shard, order), sideOf(shard, order))),
      order,
      stopPrice,
      0,
    );
  }
}

function restoreLists(
  reader: ByteReader,
  shard: Shard,
  market: MarketState,
  withExtras: readonly number[],
): void {
  let open = 0;
  let last = 0;
  for (const state of openOrderListsCodec.read(reader)) {
    assert(state.listId > last && !shard.lists.has(state.listId), "order lists stand by id");
    last = state.listId;
    open += restoreList(shard, market, state);
  }
  const listed = withExtras.filter((order) => listIdOf(shard, order) > 0).length;
  assert(listed === open, "an order of a list is in its list");
}

/** Returns how many of its orders are open. */
function restoreList(shard: Shard, market: MarketState, state: OpenOrderList): number {
  const { account, listId, listClientOrderId, orders, contingency } = state;
  const length = contingency === "OTOCO" ? 3 : 2;
  const isWellFormed = orders.length === length && new Set(orders).size === length;
  assert(isWellFormed && state.market === market.market.id, "an order list is well-formed");
  const entry = shard.clientOrderIds.restore(account, encodedText(listClientOrderId), 0);
  assert(shard.clientOrderIds.holder(entry) < 0, "no client order id has two holders");
  shard.clientOrderIds.hold(entry, LIST_HOLDER);
  const list = new OrderList(state, market.number, entry, shard.digest);
  for (const [place, orderId] of orders.entries()) {
    // An id may have come again, with another order.
    const order = shard.book.orders.find(orderId);
    const isOpen = order >= 0 && listIdOf(shard, order) === listId;
    list.isOpen[place] = isOpen;
    assert(
      !isOpen || (shard.marketOf(order) === market && accountOf(shard, order) === account),
      "the orders of a list are of one account and market",
    );
  }
  assert(!list.isDone, "an order list has an open order");
  shard.lists.set(listId, list);
  shard.traders.addOpenLists(shard.trader(account, market), 1);
  return list.openOrders().length;
}

/** Only the two open orders of an OCO that is at work have a lock of the pair, which the first holds; all others lock what they need. */
function restoreLock(shard: Shard, market: MarketState, order: number): void {
  const { orders } = shard.book;
  const { extras } = shard;
  const record = orders.extras(order);
  const locked = extras.pairLock(record);
  const orderId = orders.orderId(order);
  const list = shard.lists.get(extras.listId(record));
  const partnerId = list?.partnerOf(orderId) ?? 0;
  if (list === undefined || partnerId === 0 || orders.stage(order) === STAGE_PENDING) {
    extras.setPairLock(record, -1);
    assert(lockedOf(shard, market, order) === locked, "an order locks what it needs");
  } else {
    const partner = orders.find(partnerId);
    assert(orders.stage(partner) !== STAGE_PENDING, "both orders of a pair are at work, or neither is");
    const isFirst = list.placeOf(orderId) < list.placeOf(partnerId);
    const need = Math.max(needOf(shard, market, order), needOf(shard, market, partner));
    assert(locked === (isFirst ? need : 0), "the first order of a pair locks what the pair needs");
  }
  rehash(shard, market, order);
}
