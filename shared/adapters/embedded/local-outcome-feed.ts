import type { Outcome } from "#shared/domain/event.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";

/** The feed within one process: publishing calls the listeners. */
export function createLocalOutcomeFeed(): OutcomeFeed {
  // An entry a subscription: the same function may listen twice.
  const entries = new Set<{ readonly listener: (outcome: Outcome) => void }>();
  return {
    publish: (outcome) => {
      // Who subscribes while an outcome is on its way starts with the next one; who cancels hears nothing more.
      for (const entry of [...entries]) if (entries.has(entry)) entry.listener(outcome);
    },
    subscribe: (listener) => {
      const entry = { listener };
      entries.add(entry);
      return { cancel: () => entries.delete(entry) };
    },
  };
}
