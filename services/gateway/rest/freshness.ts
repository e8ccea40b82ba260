import type { Clock } from "#shared/ports/clock.ts";
import type { Projections } from "#shared/ports/projections.ts";
import type { RegionView } from "../views/region-view.ts";

/** How long a reader waits for the tables, and how often it looks. */
const MAX_WAIT_MS = 2000;
const LOOK_MS = 5;

export interface FreshnessDependencies {
  readonly view: RegionView;
  readonly projections: Projections;
  readonly clock: Clock;
}

/**
 * Waits until the tables hold all that the view has seen now, so that whoever was answered an order finds it; at most two seconds, then
 * they are read as they are.
 */
export async function untilFresh({ view, projections, clock }: FreshnessDependencies): Promise<void> {
  const seq = view.seq;
  const end = clock.monotonic() + MAX_WAIT_MS;
  while (projections.position(view.shard) < seq && clock.monotonic() < end) {
    await new Promise<void>((resolve) => clock.schedule(LOOK_MS, resolve));
  }
}
