import { digestOf } from "#shared/domain/encoding/digest.ts";
import { decodeState } from "#shared/domain/encoding/state-encoding.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { Outcome } from "#shared/domain/event.ts";
import type { OrderId, OrderListId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { InconsistentStores } from "#shared/ports/inconsistent-stores.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { CandleRow, OrderListRow, OrderRow, Projections, TradeRow } from "#shared/ports/projections.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { CandleFolder, MINUTE_MS, withTrade } from "#shared/read-model/candle-folder.ts";
import { readKnownRows } from "#shared/read-model/known-rows.ts";
import { OrderFolder } from "#shared/read-model/order-folder.ts";
import { OrderListFolder } from "#shared/read-model/order-list-folder.ts";
import { preventedMatchRow } from "#shared/read-model/order-rows.ts";

export interface ProjectorDependencies {
  readonly shard: ShardId;
  readonly journal: Journal;
  readonly snapshots: SnapshotStore;
  readonly projections: Projections;
  readonly clock: Clock;
  /** An operating error that ends the projector: the task must stop and start again. */
  readonly onFailure: (error: unknown) => void;
}

/** Writes Orders, order lists, Trades, prevented matches and candles from the journal, forward only: what it is given twice it writes once. */
export interface Projector {
  stop(): void;
}

/** While outcomes flow, one commit holds what came in so long: fewer commits, and the same order changed twice is written once. */
const GATHER_MS = 20;

/** Goes on where the tables stand. Throws `InconsistentStores` if that is beyond the journal. */
export async function startProjector(dependencies: ProjectorDependencies): Promise<Projector> {
  const { shard, journal, projections, clock, onFailure } = dependencies;
  const position = projections.position(shard);
  if (position > journal.lastSeq()) {
    throw new InconsistentStores(
      `The journal of ${shard} ends at seq ${journal.lastSeq()}, but the tables hold seq ${position}: the journal has lost outcomes.`,
    );
  }
  const base = await newestStateUpTo(position, dependencies);
  const known = await readKnownRows(base, projections);
  const orders = new OrderFolder(base, { known });
  const orderLists = new OrderListFolder(base, known);
  const candles = new CandleFolder(await candlesAt(base, projections));

  const project = async (outcomes: readonly Outcome[]): Promise<void> => {
    const orderRows = new Map<OrderId, OrderRow>();
    const listRows = new Map<OrderListId, OrderListRow>();
    const candleRows = new Map<string, CandleRow>();
    const tradeRows: TradeRow[] = [];
    for (const outcome of outcomes) {
      for (const change of orders.fold(outcome)) {
        orderRows.set(change.order.orderId, change.order);
        if (change.trade !== undefined && change.isMaker === true) tradeRows.push(change.trade);
      }
      for (const { list } of orderLists.fold(outcome)) listRows.set(list.listId, list);
      for (const candle of candles.fold(outcome))
        candleRows.set(`${candle.market} ${candle.openTime}`, candle);
    }
    const seq = outcomes.at(-1)?.seq ?? (0 as Seq);
    const batch = {
      shard,
      seq,
      orders: [...orderRows.values()],
      orderLists: [...listRows.values()],
      trades: tradeRows,
      preventedMatches: outcomes.flatMap((outcome) =>
        outcome.events.flatMap((event) =>
          event.kind === "TradePrevented" ? [preventedMatchRow(event, outcome)] : [],
        ),
      ),
      candles: [...candleRows.values()],
    };
    await projections.commit(batch);
  };
  const subscription = journal.subscribe(base?.seq ?? 0, async (outcomes) => {
    try {
      await project(outcomes);
    } catch (error) {
      subscription.cancel();
      onFailure(error);
      return;
    }
    const isCaughtUp = outcomes.at(-1)?.seq === journal.lastSeq();
    if (isCaughtUp) await new Promise<void>((resolve) => clock.schedule(GATHER_MS, resolve));
  });
  return { stop: () => subscription.cancel() };
}

/** The newest snapshot that is not ahead of the tables; what lies between is folded again and changes nothing. */
async function newestStateUpTo(
  position: number,
  dependencies: ProjectorDependencies,
): Promise<EngineState | undefined> {
  for (const snapshot of await dependencies.snapshots.list(dependencies.shard)) {
    if (snapshot.seq <= position && digestOf(snapshot.bytes) === snapshot.digest)
      return decodeState(snapshot.bytes);
  }
  return undefined;
}

/** The candles of the minute in which a state stands, from the trades up to it. */
async function candlesAt(state: EngineState | undefined, projections: Projections): Promise<CandleRow[]> {
  if (state === undefined) return [];
  const startTime = state.time - (state.time % MINUTE_MS);
  const candles: CandleRow[] = [];
  for (const { market, lastTradeId } of state.markets) {
    const limit = Number.MAX_SAFE_INTEGER;
    const trades = await projections.trades({ market: market.id, startTime, endTime: state.time, limit });
    let candle: CandleRow | undefined;
    for (const trade of trades)
      if (trade.tradeId <= lastTradeId) candle = withTrade(candle, trade, trade.time);
    if (candle !== undefined) candles.push(candle);
  }
  return candles;
}
