import type { MarketId, OrderId, OrderListId } from "#shared/domain/ids.ts";
import type { CandleRow, OrderListRow, OrderRow, ProjectionBatch } from "#shared/ports/projections.ts";
import { isOpen } from "#shared/read-model/order-status.ts";

/**
 * Gives rows on once they no longer change, and the others at the end: whoever reads while tables are made anew sees no order as it was long ago. It holds open orders, open lists and each market's candle of the
 * present minute.
 */
export class SettledRows {
  readonly #orders = new Map<OrderId, OrderRow>();
  readonly #orderLists = new Map<OrderListId, OrderListRow>();
  readonly #candles = new Map<MarketId, CandleRow>();

  /** What of a batch, and of those before, has settled. */
  take(batch: ProjectionBatch): ProjectionBatch {
    return {
      ...batch,
      orders: settled(
        batch.orders,
        this.#orders,
        ({ orderId }) => orderId,
        ({ status }) => !isOpen(status),
      ),
      orderLists: settled(
        batch.orderLists,
        this.#orderLists,
        ({ listId }) => listId,
        ({ isDone }) => isDone,
      ),
      candles: batch.candles.flatMap((candle) => this.#candlesBefore(candle)),
    };
  }

  /** The rest, as it stands at the end of a batch. */
  rest(end: Pick<ProjectionBatch, "shard" | "branch" | "seq">): ProjectionBatch {
    return {
      ...end,
      finalSeq: 0,
      orders: [...this.#orders.values()],
      orderLists: [...this.#orderLists.values()],
      candles: [...this.#candles.values()],
      merged: [],
      trades: [],
      preventedMatches: [],
    };
  }

  #candlesBefore(candle: CandleRow): readonly CandleRow[] {
    const before = this.#candles.get(candle.market);
    this.#candles.set(candle.market, candle);
    return before === undefined || before.openTime === candle.openTime ? [] : [before];
  }
}

function settled<K, T>(
  rows: readonly T[],
  open: Map<K, T>,
  keyOf: (row: T) => K,
  isSettled: (row: T) => boolean,
): readonly T[] {
  for (const row of rows) {
    if (isSettled(row)) open.delete(keyOf(row));
    else open.set(keyOf(row), row);
  }
  return rows.filter(isSettled);
}
