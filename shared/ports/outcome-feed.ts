import type { Outcome } from "#shared/domain/event.ts";
import type { Seq, ShardId } from "#shared/domain/ids.ts";
import type { Subscription } from "./command-log.ts";

/** Where matching publishes what it folds. Never waits and never throws. */
export interface OutcomeSink {
  publish(outcome: Outcome): void;
  /** The tape of a shard went back: outcomes beyond `toSeq` stand no more, others follow in their place. */
  rewind(rewound: Rewound): void;
}

/** Where it is heard. */
export interface OutcomeSource {
  /**
   * Listeners are called in the order in which they subscribed; one that subscribes while an outcome is published starts with the next, one that
   * cancels hears nothing more. `onRewind` is called in turn with the outcomes.
   */
  subscribe(listener: (outcome: Outcome) => void, onRewind?: (rewound: Rewound) => void): Subscription;
}

/** Both, at least once and in order; who listens drops what it has seen. */
export interface OutcomeFeed extends OutcomeSink, OutcomeSource {}

export interface Rewound {
  readonly shard: ShardId;
  /** The last seq that stands. */
  readonly toSeq: Seq;
}
