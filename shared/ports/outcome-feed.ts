import type { Outcome } from "#shared/domain/event.ts";
import type { Subscription } from "./command-log.ts";

/** Where matching publishes what it folds, at least once and in order; who listens drops what it has seen. */
export interface OutcomeFeed {
  publish(outcome: Outcome): void;
  /**
   * Listeners are called in the order in which they subscribed; one that subscribes while an outcome is published starts with the next, one that
   * cancels hears nothing more.
   */
  subscribe(listener: (outcome: Outcome) => void): Subscription;
}
