import type { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import { marketHeadCodec, openOrderListsCodec } from "#shared/domain/encoding/state-parts.ts";
import { BLOCK_ROWS, Table } from "#shared/domain/encoding/table.ts";
import { DETAILS_ROW, ORDER_ROW } from "../book/orders.ts";
import type { MarketState } from "./market-state.ts";
import { lockedOf, lockPriceOf } from "./open-orders.ts";
import { COLUMNS, orderTable } from "./order-columns.ts";
import type { OrdersInTurn } from "./orders-in-turn.ts";
import type { Shard } from "./shard.ts";

// Constants of this module, which the compiler folds: see ORDER_ROW.
const { FLOAT_SHIFT, ORDER_ID, PRICE, QUANTITY, EXECUTED, VISIBLE, INT_SHIFT, WORDS, TRADER } = ORDER_ROW;
const { EXECUTED_QUOTE, PRIORITY, TIME, CLIENT_ORDER_ID, EXTRAS } = DETAILS_ROW;

const { accounts, idSizes, orderIds, sides, types, timesInForce, preventions } = COLUMNS;
const { prices, quantities, stopPrices, trailingDeltas, icebergQuantities, goodTillDates } = COLUMNS;
const { listIds, executeds, executedQuotes, prevented, visibles, priorities } = COLUMNS;
const { extremes, lockPrices, lockeds, times, workingTimes, remembered } = COLUMNS;

const accountsTable = new Table(1);
const accountColumn = accountsTable.columns[0] as Float64Array;

/** What was read ahead, kept so that the reads are not left out. */
const fetched = new Float64Array(1);
/** The entries of the client order ids of a block's orders. */
const entries = new Int32Array(BLOCK_ROWS);

/**
 * A market with its orders and order lists. `numbers` are those of remembered client order ids by their entries.
 */
export function writeMarket(
  writer: ByteWriter,
  shard: Shard,
  market: MarketState,
  { bids, asks, waiting, pending }: OrdersInTurn,
  numbers: Int32Array,
): void {
  const { state, lastTradeId, lastUpdateId, lastPreventedMatchId, lastPrice } = market;
  marketHeadCodec.write(writer, {
    market: market.market,
    state,
    lastTradeId,
    lastUpdateId,
    lastPreventedMatchId,
    lastPrice,
  });
  const accountPlaces = writeAccounts(writer, shard, market);
  for (const orders of [bids, asks, waiting, pending]) {
    const fill = (first: number, rows: number) => {
      fillColumns(shard, market, orders.subarray(first, first + rows), accountPlaces, numbers);
    };
    orderTable.write(writer, orders.length, fill, (_first, rows) => {
      shard.clientOrderIds.writeTexts(writer, entries, rows);
    });
  }
  const lists = [...shard.lists.values()].filter((list) => list.market === market.number);
  openOrderListsCodec.write(
    writer,
    lists.map(({ state }) => state).sort((a, b) => a.listId - b.listId),
  );
}

/** The accounts that have open orders in a market, rising. Returns the place of each by its trader. */
function writeAccounts(writer: ByteWriter, { traders }: Shard, market: MarketState): Int32Array {
  const found = new Float64Array(traders.count);
  let count = 0;
  for (let trader = 0; trader < traders.count; trader++) {
    const isNamed = traders.market(trader) === market.number && traders.openOrders(trader) > 0;
    if (isNamed) found[count++] = traders.account(trader);
  }
  const rising = found.subarray(0, count).sort();
  accountsTable.write(writer, count, (first, rows) => {
    accountColumn.set(rising.subarray(first, first + rows));
  });
  const places = new Int32Array(traders.count);
  for (let place = 0; place < count; place++) {
    places[traders.find(rising[place] as number, market.number)] = place;
  }
  return places;
}

function fillColumns(
  shard: Shard,
  market: MarketState,
  orders: Int32Array,
  accountPlaces: Int32Array,
  numbers: Int32Array,
): void {
  fetch(shard, orders, numbers);
  for (let row = 0; row < orders.length; row++) {
    fillRow(shard, market, orders[row] as number, row, accountPlaces, numbers);
  }
}

/**
 * Reads from all rows that some orders take, in loops so small that the processor does many of these reads at once: orders of one price lie all over the memory, and
 * taking one after another would wait for each.
 */
function fetch(shard: Shard, orders: Int32Array, numbers: Int32Array): void {
  const { rows, details } = shard.book.orders;
  let sum = 0;
  for (let row = 0; row < orders.length; row++) {
    const order = orders[row] as number;
    sum += rows.floats[(order << FLOAT_SHIFT) | ORDER_ID] as number;
    entries[row] = details.ints[(order << INT_SHIFT) | CLIENT_ORDER_ID] as number;
  }
  for (let row = 0; row < orders.length; row++) sum += numbers[entries[row] as number] as number;
  fetched[0] = sum;
  shard.clientOrderIds.fetch(entries, orders.length);
}

function fillRow(
  shard: Shard,
  market: MarketState,
  order: number,
  row: number,
  accountPlaces: Int32Array,
  numbers: Int32Array,
): void {
  const { floats, ints } = shard.book.orders.rows;
  const { details } = shard.book.orders;
  const f = order << FLOAT_SHIFT;
  const i = order << INT_SHIFT;
  const words = ints[i | WORDS] as number;
  accounts[row] = accountPlaces[ints[i | TRADER] as number] as number;
  const entry = entries[row] as number;
  idSizes[row] = shard.clientOrderIds.size(entry);
  remembered[row] = numbers[entry] as number;
  orderIds[row] = floats[f | ORDER_ID] as number;
  sides[row] = words & 15;
  types[row] = (words >> 4) & 15;
  timesInForce[row] = (words >> 8) & 15;
  preventions[row] = (words >> 12) & 15;
  prices[row] = floats[f | PRICE] as number;
  quantities[row] = floats[f | QUANTITY] as number;
  executeds[row] = floats[f | EXECUTED] as number;
  executedQuotes[row] = details.floats[f | EXECUTED_QUOTE] as number;
  visibles[row] = floats[f | VISIBLE] as number;
  priorities[row] = details.floats[f | PRIORITY] as number;
  lockPrices[row] = lockPriceOf(shard, order);
  lockeds[row] = lockedOf(shard, market, order);
  times[row] = details.floats[f | TIME] as number;
  const record = details.ints[i | EXTRAS] as number;
  if (record < 0) {
    stopPrices[row] = 0;
    trailingDeltas[row] = 0;
    icebergQuantities[row] = 0;
    goodTillDates[row] = 0;
    listIds[row] = 0;
    prevented[row] = 0;
    extremes[row] = 0;
    // It has worked since it came.
    workingTimes[row] = details.floats[f | TIME] as number;
    return;
  }
  const { extras } = shard;
  stopPrices[row] = extras.stopPrice(record);
  trailingDeltas[row] = extras.trailingDelta(record);
  icebergQuantities[row] = extras.icebergQuantity(record);
  goodTillDates[row] = extras.goodTillDate(record);
  listIds[row] = extras.listId(record);
  prevented[row] = extras.prevented(record);
  extremes[row] = extras.extreme(record);
  workingTimes[row] = extras.workingTime(record);
}
