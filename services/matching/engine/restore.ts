import { textWord } from "#shared/domain/digest/field-hash.ts";
import { ByteReader, DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import type { Codec } from "#shared/domain/encoding/codec.ts";
import { assetCodec, firstMarketCodec, marketCodec } from "#shared/domain/encoding/definition-encoding.ts";
import {
  branchStateCodec,
  FIRST_BRANCH_STATE,
  openOrderListCodec,
  STATE_VERSION,
} from "#shared/domain/encoding/state-encoding.ts";
import type { BranchId, ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import { type Market, TRADING_STATES } from "#shared/domain/market.ts";
import { RULES_VERSION } from "#shared/domain/rules.ts";
import { STAGE_PENDING, STAGE_WAITING, STAGE_WORKING } from "../book/orders.ts";
import { assertWhole } from "./assert-whole.ts";
import { restoreBranchState } from "./branch-state.ts";
import type { CommandMemory } from "./command-memory.ts";
import { encodedText } from "./encoded-text.ts";
import type { MarketState } from "./market-state.ts";
import { createOrder, listIdOf, rehash, sideOf, typeOf } from "./open-orders.ts";
import { OrderList } from "./order-list.ts";
import { LIST_HOLDER, Shard } from "./shard.ts";
import { BUY, Terms, triggersUpward } from "./terms.ts";

/**
 * Takes a snapshot over, straight into the engine's memory, and asserts in full what must hold between orders, locks, balances and supplies. Throws
 * `DecodingError` for other bytes, `InvariantViolation` for a state that cannot be.
 */
export function restoreShard(bytes: Uint8Array): Shard {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (version !== 1 && version !== STATE_VERSION)
    throw new DecodingError(`unknown snapshot version ${version}`);
  const rulesVersion = reader.uint();
  assert(rulesVersion === RULES_VERSION, `unknown version of the rules: ${rulesVersion}`);
  const shard = new Shard(reader.text() as ShardId, reader.text() as BranchId);
  shard.seq = reader.uint();
  shard.time = reader.uint();
  const lastPriority = reader.uint();
  for (let left = count(reader); left > 0; left--)
    shard.assets.define(assetCodec.read(reader), reader.uint());
  for (let left = count(reader); left > 0; left--)
    readMarket(reader, shard, version === 1 ? firstMarketCodec : marketCodec);
  shard.lastPriority = lastPriority;
  for (let left = count(reader); left > 0; left--) {
    const account = reader.uint();
    const asset = shard.assets.find(reader.text());
    assert(asset >= 0, "a balance is of a known asset");
    shard.balances.restore(account, asset, reader.uint(), reader.uint());
  }
  readCommands(reader, shard.commands);
  readCommands(reader, shard.deposits);
  for (let left = count(reader); left > 0; left--) {
    const account = reader.uint();
    const text = reader.encodedText();
    shard.clientOrderIds.rememberAgain(account, text, wordOf(text), reader.uint());
  }
  restoreBranchState(shard, version === 1 ? FIRST_BRANCH_STATE : branchStateCodec.read(reader));
  reader.end();
  assertWhole(shard);
  return shard;
}

function readMarket(reader: ByteReader, shard: Shard, codec: Codec<Market>): void {
  const market = shard.addMarket(codec.read(reader));
  market.state = oneOf(TRADING_STATES, reader.byte());
  market.lastTradeId = reader.uint();
  market.lastUpdateId = reader.uint();
  market.lastPreventedMatchId = reader.uint();
  market.lastPrice = reader.uint();
  market.rehash(shard.digest);
  const waiting: number[] = [];
  for (const stage of [STAGE_WORKING, STAGE_WORKING, STAGE_WAITING, STAGE_PENDING]) {
    for (let left = count(reader); left > 0; left--) {
      const order = readOrder(reader, shard, market, stage);
      if (stage === STAGE_WAITING) waiting.push(order);
    }
  }
  letWait(shard, market, waiting);
  for (let left = count(reader); left > 0; left--) {
    const state = openOrderListCodec.read(reader);
    const { account, listId, listClientOrderId, orders } = state;
    const entry = shard.clientOrderIds.open(
      account,
      encodedText(listClientOrderId),
      textWord(listClientOrderId),
    );
    shard.clientOrderIds.hold(entry, LIST_HOLDER);
    const list = new OrderList(state, market.number, entry, shard.digest);
    for (const [place, orderId] of orders.entries()) {
      // An id may have come again, with another order.
      const order = shard.book.orders.find(orderId);
      list.isOpen[place] = order >= 0 && listIdOf(shard, order) === listId;
    }
    shard.lists.set(listId, list);
    shard.traders.addOpenLists(shard.trader(account, market), 1);
  }
  restorePairs(shard, market);
}

const terms = new Terms();

/** As `openOrderCodec` and `writeOrder`; what is in the book joins it. */
function readOrder(reader: ByteReader, shard: Shard, market: MarketState, stage: number): number {
  const { orders } = shard.book;
  const account = reader.uint();
  reader.encodedText();
  terms.orderId = reader.uint();
  terms.clientOrderId = reader.encodedText();
  terms.clientOrderIdWord = wordOf(terms.clientOrderId);
  terms.side = reader.byte();
  terms.type = reader.byte();
  terms.timeInForce = reader.byte();
  terms.selfTradePrevention = reader.byte();
  terms.price = reader.uint();
  terms.quantity = reader.uint();
  terms.stopPrice = reader.uint();
  terms.trailingDelta = reader.uint();
  terms.icebergQuantity = reader.uint();
  terms.goodTillDate = reader.uint();
  const listId = reader.uint();
  const executed = reader.uint();
  const executedQuote = reader.uint();
  const prevented = reader.uint();
  const visible = reader.uint();
  const priority = reader.uint();
  const extreme = reader.uint();
  const lockPrice = reader.uint();
  const locked = reader.uint();
  const time = reader.uint();
  const workingTime = reader.uint();

  const entry = shard.clientOrderIds.open(account, terms.clientOrderId, terms.clientOrderIdWord);
  const trader = shard.trader(account, market);
  const order = createOrder(shard, market, trader, terms, listId, entry, stage, time);
  orders.addExecuted(order, executed, executedQuote);
  orders.setPriority(order, priority);
  if (terms.side === BUY) shard.traders.addOpenBuyLots(trader, -executed - prevented);
  if (orders.extras(order) >= 0 || prevented > 0) {
    const { extras } = shard;
    const record = orders.extras(order) >= 0 ? orders.extras(order) : newExtras(shard, order);
    extras.setPrevented(record, prevented);
    extras.setExtreme(record, extreme);
    extras.setLockPrice(record, lockPrice);
    extras.setWorkingTime(record, workingTime);
    // Made right once all orders of its list are there.
    extras.setPairLock(record, locked);
  }
  if (stage === STAGE_WORKING) {
    assert(visible > 0, "an order in the book shows something");
    shard.book.join(market.own(terms.side), order, terms.price, visible);
  }
  rehash(shard, market, order);
  return order;
}

function newExtras(shard: Shard, order: number): number {
  const record = shard.extras.create();
  shard.book.orders.setExtras(order, record);
  return record;
}

/** Waiting orders take their places by priority. */
function letWait(shard: Shard, market: MarketState, waiting: number[]): void {
  const { orders } = shard.book;
  for (const order of waiting.sort((a, b) => orders.priority(a) - orders.priority(b))) {
    const record = orders.extras(order);
    assert(record >= 0, "a waiting order has a trigger");
    if (shard.extras.extreme(record) > 0) {
      market.tracking(sideOf(shard, order)).add(order);
      continue;
    }
    const upward = triggersUpward(typeOf(shard, order), sideOf(shard, order));
    shard.book.join(market.triggers(upward), order, shard.extras.stopPrice(record), 0);
  }
}

/** Only the two open orders of an OCO that is at work have a lock of the pair; all others lock what they need. */
function restorePairs(shard: Shard, market: MarketState): void {
  const { orders } = shard.book;
  const { extras } = shard;
  for (let order = 0; order < orders.end; order++) {
    const record = orders.extras(order);
    if (orders.stage(order) === 0 || record < 0 || shard.marketOf(order) !== market) continue;
    const partner = shard.lists.get(extras.listId(record))?.partnerOf(orders.orderId(order)) ?? 0;
    if (partner === 0 || orders.stage(order) === STAGE_PENDING) extras.setPairLock(record, -1);
    rehash(shard, market, order);
  }
}

function readCommands(reader: ByteReader, memory: CommandMemory): void {
  const id = new Int32Array(4);
  for (let left = count(reader); left > 0; left--) {
    const bytes = reader.raw(16);
    for (let word = 0; word < 4; word++) {
      const at = 4 * word;
      id[word] =
        (bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24);
    }
    memory.remember(id, reader.uint(), reader.uint());
  }
}

/** The hash of an encoded text of ASCII characters, as `textWord`. */
function wordOf(text: Uint8Array): number {
  let word = 0x811c9dc5;
  for (let at = 1; at < text.length; at++) word = Math.imul(word ^ (text[at] as number), 0x01000193);
  return word;
}

/** Each thing in a list takes at least one byte, so a false length cannot ask for much. */
function count(reader: ByteReader): number {
  const length = reader.uint();
  if (length > reader.remaining) throw new DecodingError("a list is longer than the bytes");
  return length;
}

function oneOf<const T extends readonly string[]>(words: T, place: number): T[number] {
  const word = words[place];
  if (word === undefined) throw new DecodingError("an unknown word");
  return word;
}
