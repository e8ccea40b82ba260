import { inPool } from "#shared/ports/in-pool.ts";
import type { ProjectionBatch } from "#shared/ports/projections.ts";
import type { Dynamo } from "./dynamo.ts";
import type { Condition } from "./expressions.ts";
import {
  candleItem,
  candleKey,
  candleOf,
  mergedItem,
  mergedKey,
  orderItem,
  orderKey,
  orderListItem,
  orderListKey,
  orderListOf,
  orderOf,
  preventedMatchItem,
  preventedMatchKey,
  tradeItem,
  tradeKey,
} from "./projection-rows.ts";
import type { Change, ProjectionStep } from "./projection-step.ts";
import { numberOf, type Row, textOf, toItem } from "./row.ts";
import type { TableName } from "./tables.ts";

/** Conditional writes are single requests: so many are under way at once. */
const WRITES_AT_ONCE = 32;

/** The rows of the tables: written forward only, and put back. Whatever is done here may be done again. */
export class ProjectionRowsStore {
  readonly #dynamo: Dynamo;

  constructor(dynamo: Dynamo) {
    this.#dynamo = dynamo;
  }

  /**
   * What a batch changes: rows that are not newer than those there are left out, and the first of a trade, a prevented match or a merged id stays. Throws
   * `InvariantViolation` for a row that no table can hold.
   */
  async changesOf(batch: ProjectionBatch): Promise<Omit<ProjectionStep, "from" | "to">> {
    const { seq, orders, orderLists, trades, preventedMatches, merged, candles } = batch;
    // Before anything is written all of it is known to be possible.
    for (const item of [
      ...orders.map((order) => orderItem(order, 0)),
      ...orderLists.map((list) => orderListItem(list, 0)),
      ...preventedMatches.map((match) => preventedMatchItem(match, 0)),
      ...merged.map((row) => mergedItem(row, 0)),
      ...trades.map((trade) => tradeItem(trade, "live", 0)),
      ...candles.map((candle) => candleItem(candle, seq, 0)),
    ])
      toItem(item);
    const [ofOrders, ofTrades, ofCandles] = await Promise.all([
      this.#present("orders", [
        ...orders.map(({ orderId }) => orderKey(orderId)),
        ...orderLists.map(({ listId }) => orderListKey(listId)),
        ...preventedMatches.map(preventedMatchKey),
        ...merged.map(mergedKey),
      ]),
      this.#present(
        "trades",
        trades.map((trade) => tradeKey(trade, "live")),
      ),
      this.#dynamo.getAll("candles", candles.map(candleKey)),
    ]);
    const candleBefore = new Map(ofCandles.map((row) => [nameOf(row), candleOf(row)]));
    return {
      orders: orders.flatMap((order) => {
        const row = ofOrders.get(orderKey(order.orderId));
        if (row === undefined) return [{ after: order }];
        const before = orderOf(row);
        // Of an order that a snapshot told of the command id is not known.
        const after = order.commandId === "" ? { ...order, commandId: before.commandId } : order;
        return order.seq > before.seq ? [{ after, before }] : [];
      }),
      orderLists: orderLists.flatMap((list) => {
        const row = ofOrders.get(orderListKey(list.listId));
        if (row === undefined) return [{ after: list }];
        const before = orderListOf(row);
        const { isDone, updateTime, seq: listSeq } = list;
        return listSeq > before.seq
          ? [{ after: { ...before, isDone, updateTime, seq: listSeq }, before }]
          : [];
      }),
      candles: candles.map((candle) => {
        const before = candleBefore.get(nameOf(candleKey(candle)));
        return before === undefined ? { after: candle } : { after: candle, before };
      }),
      trades: trades.filter((trade) => !ofTrades.has(tradeKey(trade, "live"))),
      preventedMatches: preventedMatches.filter((match) => !ofOrders.has(preventedMatchKey(match))),
      merged: merged.filter((row) => !ofOrders.has(mergedKey(row))),
    };
  }

  /** Writes the rows of a step, each only if it is newer than the one there. */
  async apply(step: ProjectionStep, rewinds: number): Promise<void> {
    const orders = [
      ...step.orders.map(({ after }) => orderItem(after, rewinds)),
      ...step.orderLists.map(({ after }) => orderListItem(after, rewinds)),
    ];
    const candles = step.candles.map(({ after }) => candleItem(after, step.to.seq, rewinds));
    const forward = [
      ...orders.map((row) => ({ table: "orders" as const, row })),
      ...candles.map((row) => ({ table: "candles" as const, row })),
    ];
    await inPool(WRITES_AT_ONCE, forward, async ({ table, row }) => {
      await this.#dynamo.put(table, row, isNewer(row));
    });
    await this.#dynamo.putAll("orders", [
      ...step.preventedMatches.map((match) => preventedMatchItem(match, rewinds)),
      ...step.merged.map((row) => mergedItem(row, rewinds)),
    ]);
    await this.#dynamo.putAll(
      "trades",
      step.trades.map((trade) => tradeItem(trade, "live", rewinds)),
    );
    // One that was taken back and happened again is superseded no more.
    if (rewinds > 0)
      await this.#dynamo.removeAll(
        "trades",
        step.trades.map((trade) => ({ pk: tradeKey(trade, "superseded") })),
      );
  }

  /**
   * Takes steps back, the newest first: rows are as they were before them. Their trades are kept as superseded, also those that are still on the tape and will be written again: the tape may go back once more before they are, and then
   * nobody would take them back.
   */
  async takeBack(steps: readonly ProjectionStep[], rewinds: number): Promise<void> {
    const oldestFirst = steps.toReversed();
    const seq = oldestFirst[0]?.from.seq ?? 0;
    await this.#putBack("orders", [
      ...oldestFirst.flatMap(({ orders }) =>
        orders.map((change) =>
          imageOf(
            change,
            ({ orderId }) => ({ pk: orderKey(orderId) }),
            (row) => orderItem(row, rewinds),
          ),
        ),
      ),
      ...oldestFirst.flatMap(({ orderLists }) =>
        orderLists.map((change) =>
          imageOf(
            change,
            ({ listId }) => ({ pk: orderListKey(listId) }),
            (row) => orderListItem(row, rewinds),
          ),
        ),
      ),
      ...steps.flatMap(({ preventedMatches }) =>
        preventedMatches.map((match) => ({ key: { pk: preventedMatchKey(match) }, item: undefined })),
      ),
      ...steps.flatMap(({ merged }) =>
        merged.map((row) => ({ key: { pk: mergedKey(row) }, item: undefined })),
      ),
    ]);
    await this.#putBack(
      "candles",
      oldestFirst.flatMap(({ candles }) =>
        candles.map((change) => imageOf(change, candleKey, (row) => candleItem(row, seq, rewinds))),
      ),
    );
    const taken = steps.flatMap(({ trades }) => trades);
    await this.#dynamo.putAll(
      "trades",
      taken.map((trade) => tradeItem(trade, "superseded", rewinds)),
    );
    await this.#dynamo.removeAll(
      "trades",
      taken.map((trade) => ({ pk: tradeKey(trade, "live") })),
    );
  }

  /** Of several images of one item the first counts: it is the oldest. */
  async #putBack(table: TableName, images: readonly Image[]): Promise<void> {
    const oldest = new Map<string, Image>();
    for (const image of images) if (!oldest.has(nameOf(image.key))) oldest.set(nameOf(image.key), image);
    const all = [...oldest.values()];
    await this.#dynamo.putAll(
      table,
      all.flatMap(({ item }) => (item === undefined ? [] : [item])),
    );
    await this.#dynamo.removeAll(
      table,
      all.filter(({ item }) => item === undefined).map(({ key }) => key),
    );
  }

  async #present(table: TableName, keys: readonly string[]): Promise<Map<string, Row>> {
    const rows = await this.#dynamo.getAll(
      table,
      keys.map((pk) => ({ pk })),
    );
    return new Map(rows.map((row) => [textOf(row, "pk"), row]));
  }
}

/** How an item was; `undefined`: it was not there. */
interface Image {
  readonly key: Row;
  readonly item: Row | undefined;
}

function imageOf<T>({ after, before }: Change<T>, key: (row: T) => Row, item: (row: T) => Row): Image {
  return { key: key(after), item: before === undefined ? undefined : item(before) };
}

function nameOf(key: Row): string {
  return `${String(key.pk)} ${String(key.openTime ?? "")}`;
}

function isNewer(row: Row): Condition {
  return {
    expression: "attribute_not_exists(#pk) OR #rewinds < :rewinds OR (#rewinds = :rewinds AND #seq < :seq)",
    values: { rewinds: numberOf(row, "rewinds"), seq: numberOf(row, "seq") },
  };
}
