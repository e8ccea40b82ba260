import type { Outcome } from "#shared/domain/event.ts";
import type { OutcomeFeed } from "#shared/ports/outcome-feed.ts";

/** The feed within one process: publishing calls the listeners. */
export function createLocalOutcomeFeed(): OutcomeFeed {
  const listeners = new Set<(outcome: Outcome) => void>();
  return {
    publish: (outcome) => {
      for (const listener of listeners) listener(outcome);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return { cancel: () => listeners.delete(listener) };
    },
  };
}
