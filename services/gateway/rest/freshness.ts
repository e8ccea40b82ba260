import type { RestDependencies } from "./dependencies.ts";

/** How long a reader waits for the tables, and how often it looks. */
const MAX_WAIT_MS = 2000;
const LOOK_MS = 5;

/**
 * Waits until the tables hold all that the view has seen now, so that whoever was answered an order finds it; at most two seconds, then
 * they are read as they are.
 */
export async function untilFresh({ view, projections, clock }: RestDependencies): Promise<void> {
  const seq = view.seq;
  const end = clock.monotonic() + MAX_WAIT_MS;
  while (projections.position(view.shard) < seq && clock.monotonic() < end) {
    await new Promise<void>((resolve) => clock.schedule(LOOK_MS, resolve));
  }
}
