import { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import { assetCodec, marketCodec } from "#shared/domain/encoding/definition-encoding.ts";
import {
  branchStateCodec,
  openOrderListCodec,
  STATE_VERSION,
} from "#shared/domain/encoding/state-encoding.ts";
import { TRADING_STATES } from "#shared/domain/market.ts";
import { RULES_VERSION } from "#shared/domain/rules.ts";
import type { BookSide } from "../book/book-side.ts";
import { STAGE_NONE, STAGE_PENDING, STAGE_WAITING } from "../book/orders.ts";
import { branchStateOf } from "./branch-state.ts";
import type { CommandMemory } from "./command-memory.ts";
import type { MarketState } from "./market-state.ts";
import {
  accountOf,
  lockedOf,
  lockPriceOf,
  preventedOf,
  preventionOf,
  sideOf,
  timeInForceOf,
  typeOf,
} from "./open-orders.ts";
import type { Shard } from "./shard.ts";

/** Writes the state as `encodeState` would (shared/domain/encoding/state-encoding.ts), but straight from the engine's memory. */
export function writeSnapshot(shard: Shard): Uint8Array {
  const { orders } = shard.book;
  const { commands, deposits, clientOrderIds } = shard;
  const room =
    4096 + 112 * orders.count + 32 * (commands.count + deposits.count) + 48 * clientOrderIds.remembered;
  const writer = new ByteWriter(room + 32 * shard.balances.count);
  writer.byte(STATE_VERSION);
  writer.uint(RULES_VERSION);
  writer.text(shard.shard);
  writer.text(shard.branch);
  writer.uint(shard.seq);
  writer.uint(shard.time);
  writer.uint(shard.lastPriority);
  const assets = shard.assets.states();
  writer.uint(assets.length);
  for (const { asset, supply } of assets) {
    assetCodec.write(writer, asset);
    writer.uint(supply);
  }
  writeMarkets(writer, shard);
  writeBalances(writer, shard);
  writeCommands(writer, commands);
  writeCommands(writer, deposits);
  writer.uint(clientOrderIds.remembered);
  for (let place = 0; place < clientOrderIds.remembered; place++) {
    const entry = clientOrderIds.rememberedAt(place);
    writer.uint(clientOrderIds.account(entry));
    writer.raw(clientOrderIds.text(entry));
    writer.uint(clientOrderIds.time(entry));
  }
  branchStateCodec.write(writer, branchStateOf(shard));
  return writer.finish();
}

function writeMarkets(writer: ByteWriter, shard: Shard): void {
  writer.uint(shard.marketsById.length);
  const unplaced = ordersOutsideBooks(shard);
  for (const market of shard.marketsById) {
    marketCodec.write(writer, market.market);
    writer.byte(TRADING_STATES.indexOf(market.state));
    writer.uint(market.lastTradeId);
    writer.uint(market.lastUpdateId);
    writer.uint(market.lastPreventedMatchId);
    writer.uint(market.lastPrice);
    writeSide(writer, shard, market, market.bids);
    writeSide(writer, shard, market, market.asks);
    for (const stage of [STAGE_WAITING, STAGE_PENDING]) {
      const some = unplaced.filter(
        (order) => shard.book.orders.stage(order) === stage && shard.marketOf(order) === market,
      );
      writer.uint(some.length);
      for (const order of some) writeOrder(writer, shard, market, order);
    }
    const lists = [...shard.lists.values()].filter((list) => list.market === market.number);
    writer.uint(lists.length);
    for (const { state } of lists.sort((a, b) => a.listId - b.listId))
      openOrderListCodec.write(writer, state);
  }
}

/** Waiting and pending orders, by order id. */
function ordersOutsideBooks(shard: Shard): number[] {
  const { orders } = shard.book;
  const found: number[] = [];
  for (let order = 0; order < orders.end; order++) {
    const stage = orders.stage(order);
    if (stage !== STAGE_NONE && (stage === STAGE_WAITING || stage === STAGE_PENDING)) found.push(order);
  }
  return found.sort((a, b) => orders.orderId(a) - orders.orderId(b));
}

function writeSide(writer: ByteWriter, shard: Shard, market: MarketState, side: BookSide): void {
  const { levels, orders } = shard.book;
  let count = 0;
  for (let level = side.best; level >= 0; level = side.worse(level)) {
    for (let order = levels.first(level); order >= 0; order = orders.next(order)) count++;
  }
  writer.uint(count);
  for (let level = side.best; level >= 0; level = side.worse(level)) {
    for (let order = levels.first(level); order >= 0; order = orders.next(order)) {
      writeOrder(writer, shard, market, order);
    }
  }
}

/** As `openOrderCodec`. */
function writeOrder(writer: ByteWriter, shard: Shard, market: MarketState, order: number): void {
  const { extras } = shard;
  const { orders } = shard.book;
  const record = orders.extras(order);
  const hasExtras = record >= 0;
  writer.uint(accountOf(shard, order));
  writer.raw(market.text);
  writer.uint(orders.orderId(order));
  writer.raw(shard.clientOrderIds.text(orders.clientOrderId(order)));
  writer.byte(sideOf(shard, order));
  writer.byte(typeOf(shard, order));
  writer.byte(timeInForceOf(shard, order));
  writer.byte(preventionOf(shard, order));
  writer.uint(orders.price(order));
  writer.uint(orders.quantity(order));
  writer.uint(hasExtras ? extras.stopPrice(record) : 0);
  writer.uint(hasExtras ? extras.trailingDelta(record) : 0);
  writer.uint(hasExtras ? extras.icebergQuantity(record) : 0);
  writer.uint(hasExtras ? extras.goodTillDate(record) : 0);
  writer.uint(hasExtras ? extras.listId(record) : 0);
  writer.uint(orders.executed(order));
  writer.uint(orders.executedQuote(order));
  writer.uint(preventedOf(shard, order));
  writer.uint(orders.visible(order));
  writer.uint(orders.priority(order));
  writer.uint(hasExtras ? extras.extreme(record) : 0);
  writer.uint(lockPriceOf(shard, order));
  writer.uint(lockedOf(shard, market, order));
  writer.uint(orders.time(order));
  writer.uint(hasExtras ? extras.workingTime(record) : orders.time(order));
}

function writeBalances(writer: ByteWriter, shard: Shard): void {
  const { balances, assets } = shard;
  const slots = new Int32Array(balances.count);
  let count = 0;
  for (let slot = 0; slot < balances.count; slot++) {
    if (balances.free(slot) > 0 || balances.locked(slot) > 0) slots[count++] = slot;
  }
  const sorted = slots.subarray(0, count).sort((a, b) => (balances.isBefore(a, b) ? -1 : 1));
  writer.uint(count);
  for (const slot of sorted) {
    writer.uint(balances.account(slot));
    writer.raw(assets.text(balances.asset(slot)));
    writer.uint(balances.free(slot));
    writer.uint(balances.locked(slot));
  }
}

function writeCommands(writer: ByteWriter, memory: CommandMemory): void {
  writer.uint(memory.count);
  for (let place = 0; place < memory.count; place++) {
    const slot = memory.slot(place);
    for (let at = 0; at < 4; at++) {
      const word = memory.word(slot, at);
      writer.byte(word & 0xff);
      writer.byte((word >>> 8) & 0xff);
      writer.byte((word >>> 16) & 0xff);
      writer.byte(word >>> 24);
    }
    writer.uint(memory.seq(slot));
    writer.uint(memory.time(slot));
  }
}
