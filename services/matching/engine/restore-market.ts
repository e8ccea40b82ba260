import { textWord } from "#shared/domain/digest/field-hash.ts";
import { type ByteReader, DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import {
  type MarketHead,
  marketHeadCodec,
  openOrderListsCodec,
} from "#shared/domain/encoding/state-parts.ts";
import { roomFor, Table } from "#shared/domain/encoding/table.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { OpenOrderList } from "#shared/domain/order.ts";
import { STAGE_PENDING, STAGE_WAITING } from "../book/orders.ts";
import { WordText } from "../flat/word-text.ts";
import { isClientOrderId } from "./client-order-id-text.ts";
import { LIST_HOLDER } from "./client-order-ids.ts";
import { isWellFormedMarket } from "./definitions.ts";
import type { LockSums } from "./lock-sums.ts";
import type { MarketState } from "./market-state.ts";
import { accountOf, listIdOf, lockedOf, needOf, rehash, sideOf, typeOf } from "./open-orders.ts";
import { OrderList } from "./order-list.ts";
import { linkBackward, OrdersOfMarket } from "./restore-orders.ts";
import type { Shard } from "./shard.ts";
import { BUY, SELL, triggersUpward } from "./terms.ts";

const accountsTable = new Table(1);
const accounts = accountsTable.columns[0] as Float64Array;

/** Takes a market over from a snapshot, with its orders and order lists; what they lock is added to `locks`. */
export function restoreMarket(reader: ByteReader, shard: Shard, locks: LockSums): void {
  const market = restoreHead(shard, marketHeadCodec.read(reader));
  const { orders } = shard.book;
  const firstOrder = orders.end;
  const firstEntry = shard.clientOrderIds.end;
  const traders = restoreTraders(reader, shard, market);
  const tables = new OrdersOfMarket(reader, shard, market, traders, locks);
  tables.restoreBookSide(BUY);
  tables.restoreBookSide(SELL);
  letWait(shard, market, tables.restoreOutsideBook(STAGE_WAITING));
  tables.restoreOutsideBook(STAGE_PENDING);
  assert(orders.indexFrom(firstOrder), "no two open orders have one id");
  shard.clientOrderIds.indexFrom(firstEntry);
  linkBackward(shard, firstOrder);
  for (const trader of traders) {
    if (shard.traders.openOrders(trader) === 0)
      throw new DecodingError("an account of a market has no order there");
  }
  const { withExtras } = tables;
  restoreLists(reader, shard, market, withExtras);
  for (const order of withExtras) {
    restoreLock(shard, market, order);
    locks.add(orders.trader(order), sideOf(shard, order), lockedOf(shard, market, order));
  }
}

/** Takes the accounts that have orders in a market over: they get their records. Returns these, by the places of the accounts. */
function restoreTraders(reader: ByteReader, shard: Shard, market: MarketState): Int32Array {
  const count = reader.count();
  const traders = new Int32Array(count);
  shard.traders.reserve(shard.traders.count + roomFor(reader, count));
  let last = -1;
  accountsTable.read(reader, count, (first, rows) => {
    for (let row = 0; row < rows; row++) {
      const account = accounts[row] as number;
      if (account <= last) throw new DecodingError("the accounts of a market do not rise");
      last = account;
      traders[first + row] = shard.trader(account, market);
    }
  });
  return traders;
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
  if (!isClientOrderId(listClientOrderId)) throw new DecodingError("a text is no client order id");
  const entry = shard.clientOrderIds.open(
    account,
    WordText.of(listClientOrderId),
    textWord(listClientOrderId),
  );
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
