import { decodeState } from "#shared/domain/encoding/state-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { OrderId, OrderListId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";
import type {
  CandleRow,
  OrderListRow,
  OrderRow,
  ProjectionBatch,
  Projections,
  TradeRow,
} from "#shared/ports/projections.ts";
import type { Snapshot } from "#shared/ports/snapshot-store.ts";
import { CandleFolder } from "#shared/read-model/candle-folder.ts";
import { candlesAt } from "#shared/read-model/candles-at.ts";
import { readKnownRows } from "#shared/read-model/known-rows.ts";
import { mergedRows } from "#shared/read-model/merged-rows.ts";
import { OrderFolder } from "#shared/read-model/order-folder.ts";
import { OrderListFolder } from "#shared/read-model/order-list-folder.ts";
import { preventedMatchRow } from "#shared/read-model/order-rows.ts";

/** Folds outcomes into the rows of all tables. */
export class ProjectionFolders {
  readonly #orders: OrderFolder;
  readonly #orderLists: OrderListFolder;
  readonly #candles: CandleFolder;

  private constructor(orders: OrderFolder, orderLists: OrderListFolder, candles: CandleFolder) {
    this.#orders = orders;
    this.#orderLists = orderLists;
    this.#candles = candles;
  }

  /** Goes on from a snapshot's state, or from nothing; the tables may be further. */
  static async from(snapshot: Snapshot | undefined, projections: Projections): Promise<ProjectionFolders> {
    const state = snapshot === undefined ? undefined : decodeState(snapshot.bytes);
    const known = await readKnownRows(state, projections);
    return new ProjectionFolders(
      new OrderFolder(state, { known }),
      new OrderListFolder(state, known),
      new CandleFolder(await candlesAt(state, projections)),
    );
  }

  /** The rows that outcomes change, each as it stands after the last of them. */
  fold(outcomes: readonly Outcome[], finalSeq: number): ProjectionBatch {
    const last = outcomes.at(-1);
    assert(last !== undefined, "there is something to project");
    const orders = new Map<OrderId, OrderRow>();
    const orderLists = new Map<OrderListId, OrderListRow>();
    const candles = new Map<string, CandleRow>();
    const trades: TradeRow[] = [];
    for (const outcome of outcomes) {
      for (const change of this.#orders.fold(outcome)) {
        orders.set(change.order.orderId, change.order);
        if (change.trade !== undefined && change.isMaker === true) trades.push(change.trade);
      }
      for (const { list } of this.#orderLists.fold(outcome)) orderLists.set(list.listId, list);
      for (const candle of this.#candles.fold(outcome))
        candles.set(`${candle.market} ${candle.openTime}`, candle);
    }
    return {
      shard: last.shard,
      branch: last.branch,
      seq: last.seq,
      finalSeq,
      orders: [...orders.values()],
      orderLists: [...orderLists.values()],
      merged: outcomes.flatMap(mergedRows),
      trades,
      preventedMatches: outcomes.flatMap((outcome) =>
        outcome.events.flatMap((event) =>
          event.kind === "TradePrevented" ? [preventedMatchRow(event, outcome)] : [],
        ),
      ),
      candles: [...candles.values()],
    };
  }
}
