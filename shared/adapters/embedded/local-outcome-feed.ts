import type { Outcome } from "#shared/domain/event.ts";
import type { OutcomeFeed, Rewound } from "#shared/ports/outcome-feed.ts";

interface Entry {
  readonly listener: (outcome: Outcome) => void;
  readonly onRewind: ((rewound: Rewound) => void) | undefined;
}

/** The feed within one process: publishing calls the listeners. */
export function createLocalOutcomeFeed(): OutcomeFeed {
  // An entry a subscription: the same function may listen twice.
  const entries = new Set<Entry>();
  // Who subscribes while something is on its way starts with what comes next; who cancels hears nothing more.
  const tell = (call: (entry: Entry) => void) => {
    for (const entry of [...entries]) if (entries.has(entry)) call(entry);
  };
  return {
    publish: (outcome) => tell(({ listener }) => listener(outcome)),
    rewind: (rewound) => tell(({ onRewind }) => onRewind?.(rewound)),
    subscribe: (listener, onRewind) => {
      const entry = { listener, onRewind };
      entries.add(entry);
      return { cancel: () => entries.delete(entry) };
    },
  };
}
