import { decodeState } from "#shared/domain/encoding/state-encoding.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import { genesisState } from "#shared/domain/genesis-state.ts";
import type { MarketId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Journal } from "#shared/ports/journal.ts";
import type { CandleRow, Projections, TradeRow } from "#shared/ports/projections.ts";
import type { SnapshotStore } from "#shared/ports/snapshot-store.ts";
import { MINUTE_MS } from "#shared/read-model/candle-folder.ts";
import { candlesAt } from "#shared/read-model/candles-at.ts";
import { isInHistory } from "#shared/read-model/history.ts";
import { readKnownRows } from "#shared/read-model/known-rows.ts";
import { newestSnapshotUpTo } from "#shared/read-model/newest-snapshot.ts";
import { createRegionView } from "./create-region-view.ts";
import type { RegionView } from "./region-view.ts";

export interface ViewSources {
  readonly shard: ShardId;
  readonly journal: Journal;
  /** Makes a journal that another task writes look at what was written since. */
  readonly lookAtJournal?: (() => void) | undefined;
  readonly snapshots: SnapshotStore;
  /** A projector must be writing them: they are waited for. */
  readonly projections: Projections;
  /** The tables may be a minute behind: an older snapshot that they hold is better than waiting for them. */
  readonly areTablesLate?: boolean | undefined;
  readonly clock: Clock;
}

const DAY_MINUTES = 24 * 60;
const RECENT_TRADES = 1000;
const BATCH = 1000;
const POLL_MS = 2;

/**
 * A view of the shard as the journal has it, from the newest snapshot and the outcomes after it. It stands at the journal's last seq when it resolves;
 * outcomes that were published meanwhile may be applied again, or are still to be applied.
 *
 * @param through it stands there instead, if the journal reaches further
 */
export async function rebuildView(
  sources: ViewSources,
  through: number = Number.MAX_SAFE_INTEGER,
): Promise<RegionView> {
  for (;;) {
    const view = await viewOnce(sources, through);
    // The journal may have gone back meanwhile: then the view is of a tape that is no more.
    if (isInHistory(sources.journal.branches(), view)) return view;
  }
}

async function viewOnce(sources: ViewSources, through: number): Promise<RegionView> {
  const { shard, journal } = sources;
  const snapshot = await snapshotFor(sources, Math.min(journal.lastSeq(), through));
  const state = snapshot === undefined ? genesisState(shard) : decodeState(snapshot.bytes);
  await tablesHold(state.seq, sources);
  const view = await viewAt(state, sources);
  for (;;) {
    const outcomes = await journal.read(view.seq, BATCH);
    // The journal went back behind the view, and these are of another history: the caller sees it.
    if (outcomes.length === 0 || !isInHistory(journal.branches(), view)) return view;
    for (const outcome of outcomes) {
      if (outcome.seq > through) return view;
      view.apply(outcome);
    }
  }
}

async function snapshotFor(
  { shard, journal, snapshots, projections, areTablesLate }: ViewSources,
  seq: number,
) {
  const history = journal.branches();
  const stand = projections.stand(shard);
  if (areTablesLate === true && stand.seq < seq && isInHistory(history, stand)) {
    const held = await newestSnapshotUpTo(stand.seq, shard, snapshots, history);
    if (held !== undefined) return held;
  }
  return newestSnapshotUpTo(seq, shard, snapshots, history);
}

/** A view of a state; the tables may be further. */
async function viewAt(state: EngineState, { projections, journal }: ViewSources): Promise<RegionView> {
  const trades = new Map<MarketId, readonly TradeRow[]>();
  const candles = new Map<MarketId, readonly CandleRow[]>();
  const minute = state.time - (state.time % MINUTE_MS);
  const present = await candlesAt(state, projections);
  for (const { market } of state.markets) {
    const { id } = market;
    const newest = await projections.trades({ market: id, limit: RECENT_TRADES });
    trades.set(
      id,
      newest.filter(({ seq }) => seq <= state.seq),
    );
    const startTime = minute - DAY_MINUTES * MINUTE_MS;
    const past = await projections.candles({
      market: id,
      startTime,
      endTime: minute - 1,
      limit: DAY_MINUTES,
    });
    candles.set(id, [...past, ...present.filter((candle) => candle.market === id)]);
  }
  const fork = journal.branches().find(({ branch }) => state.provisional && branch === state.branch);
  const provisionalAfter = fork === undefined ? undefined : ((fork.firstSeq - 1) as Seq);
  return createRegionView({
    state,
    trades,
    candles,
    provisionalAfter,
    known: await readKnownRows(state, projections),
  });
}

/** Resolves when the tables hold a seq of the journal's history. */
async function tablesHold(seq: number, { shard, journal, projections, clock }: ViewSources): Promise<void> {
  for (;;) {
    const stand = projections.stand(shard);
    if (stand.seq >= seq && isInHistory(journal.branches(), stand)) return;
    await new Promise<void>((resolve) => clock.schedule(POLL_MS, resolve));
  }
}
