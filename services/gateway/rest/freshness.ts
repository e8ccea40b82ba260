import type { MarketId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Projections } from "#shared/ports/projections.ts";
import type { ExchangeView } from "../views/exchange-view.ts";

/** How long a reader waits for the tables, and how often it looks. */
const MAX_WAIT_MS = 2000;
const LOOK_MS = 5;

export interface FreshnessDependencies {
  readonly view: ExchangeView;
  readonly projections: Projections;
  readonly clock: Clock;
}

/**
 * Waits until the tables hold all that the view has seen now of a market's shard, or of all, and that they hear of, so that whoever was answered an order finds it; at most
 * two seconds, then they are read as they are.
 */
export async function untilFresh(
  { view, projections, clock }: FreshnessDependencies,
  market?: MarketId,
): Promise<void> {
  const own = market === undefined ? undefined : view.shardOf(market);
  const wanted = (own === undefined ? view.shards : [own]).map(({ shard, tablesSeq }) => ({
    shard,
    seq: tablesSeq,
  }));
  const end = clock.monotonic() + MAX_WAIT_MS;
  const isFresh = () => wanted.every(({ shard, seq }) => projections.position(shard) >= seq);
  while (!isFresh() && clock.monotonic() < end) {
    await new Promise<void>((resolve) => clock.schedule(LOOK_MS, resolve));
  }
}
