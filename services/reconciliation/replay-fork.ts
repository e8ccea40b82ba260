import type { ForkCommand, ForkReplayEnded } from "#shared/domain/command.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { CanonicalSide } from "./canonical-side.ts";
import { forkCommandId } from "./fork-commands.ts";

/** So many commands of a fork are on their way at a time, where nothing else is said. */
export const REPLAY_WINDOW = 64;
/** How often is looked for progress, and after how long without any the window is sent again. */
const LOOK_MS = 20;
const PATIENCE_MS = 2000;

/**
 * Appends a fork's commands to the canonical log until its own fold has taken the last of them. What is sent twice, out of order or to an owner that has just changed does no harm: the fold takes only
 * the next number, once. Returns false when told to stop, or when the Region can no longer follow the lineage: whoever calls again goes on from the fold's cursor.
 */
export async function replayFork(
  shard: ShardId,
  commands: readonly (ForkCommand | ForkReplayEnded)[],
  side: CanonicalSide,
  clock: Clock,
  isStopped: () => boolean,
  window = REPLAY_WINDOW,
): Promise<boolean> {
  const [first] = commands;
  if (first === undefined) return true;
  const { fork } = first;
  let sentThrough = 0;
  let cursor = -1;
  let movedAt = clock.monotonic();
  for (;;) {
    const state = side.forkState(fork);
    if (isStopped() || state === undefined) return false;
    if (state.ended) return true;
    if (state.cursor !== cursor) {
      cursor = state.cursor;
      movedAt = clock.monotonic();
    } else if (clock.monotonic() - movedAt > PATIENCE_MS) {
      sentThrough = cursor;
      movedAt = clock.monotonic();
    }
    sentThrough = Math.max(sentThrough, cursor);
    const next = commands.slice(sentThrough, cursor + window);
    if (next.length > 0) {
      const isSent = await side.append(
        next.map((command) => ({ commandId: forkCommandId(shard, fork, command.n), validUntil: 0, command })),
      );
      // In doubt they are sent again, when the cursor has not moved for a while.
      if (isSent) sentThrough += next.length;
    }
    await new Promise<void>((resolve) => clock.schedule(LOOK_MS, resolve));
  }
}
