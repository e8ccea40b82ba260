import type { PlatformStatus } from "../supervisor/platform-control.ts";
import type { Stage } from "./experiment.ts";

const LOOK_MS = 100;

/** As much of the stage as looking at it takes. */
export type WatchedStage = Pick<Stage, "control" | "clock">;

/** All processes are there. Throws when they are not in time. */
export function untilReady(stage: WatchedStage, withinMs: number): Promise<void> {
  return until(stage, isReady, withinMs, "not all processes came back");
}

/** Nothing of an earlier disturbance is left: all Regions reach every shard's one owner, nothing waits for it, no fork is open or has still to be replayed. Throws when it does not come to that in time. */
export function untilCalm(stage: WatchedStage, withinMs: number): Promise<void> {
  return until(
    stage,
    (status) => isReady(status) && isCalm(status),
    withinMs,
    "the platform did not come to rest",
  );
}

function isReady({ processes }: PlatformStatus): boolean {
  return processes.every(({ isReady }) => isReady);
}

function isCalm({ regions }: PlatformStatus): boolean {
  const epochs = new Map<string, number>();
  return regions.every(({ observation }) =>
    observation?.shards.every(({ shard, epoch, route, queued, provisional, reconciling }) => {
      const known = epochs.get(shard) ?? epoch;
      epochs.set(shard, epoch);
      const isReached = known === epoch && (route === "own" || route === "remote");
      return isReached && queued === 0 && !provisional && !reconciling;
    }),
  );
}

async function until(
  { control, clock }: WatchedStage,
  holds: (status: PlatformStatus) => boolean,
  withinMs: number,
  otherwise: string,
): Promise<void> {
  const deadline = clock.monotonic() + withinMs;
  while (!holds(await control.status())) {
    if (clock.monotonic() > deadline) throw new Error(`${otherwise} within ${withinMs / 1000} s`);
    await new Promise<void>((resolve) => clock.schedule(LOOK_MS, resolve));
  }
}
