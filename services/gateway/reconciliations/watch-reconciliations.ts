import type { Clock, Timer } from "#shared/ports/clock.ts";
import type { ReconciliationFeed } from "./reconciliation-feed.ts";

const LOOK_MS = 2000;
/** Of one look; older ones were told before. */
const LOOKED_AT = 50;

/** Tells a gateway's listeners of reconciliations that another task writes down: each when it is new, and when its state is another. What was there at the start is no news. */
export function watchReconciliations(
  feed: ReconciliationFeed,
  clock: Clock,
  onTrouble: (error: unknown) => void,
): { stop(): void } {
  const told = new Map<string, string>();
  let timer: Timer | undefined;
  let isFirst = true;
  let isStopped = false;
  const look = async () => {
    try {
      const newest = await feed.store.list({ limit: LOOKED_AT });
      for (const reconciliation of newest.toReversed()) {
        const { id, state } = reconciliation;
        if (!isFirst && told.get(id) !== state) feed.tell(reconciliation);
        told.set(id, state);
      }
      const ids = new Set(newest.map(({ id }) => id));
      for (const id of told.keys()) if (!ids.has(id)) told.delete(id);
      isFirst = false;
    } catch (error) {
      onTrouble(error);
    }
    if (!isStopped) timer = clock.schedule(LOOK_MS, () => void look());
  };
  void look();
  return {
    stop: () => {
      isStopped = true;
      timer?.cancel();
    },
  };
}
