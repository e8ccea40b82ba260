/** The outcome topics and the queues behind them. Pure data: infrastructure creates it, services use it. */

/** What an outcome says of an order: it matched, it did not (yet), or something else happened to it (expired, invalid, rejected, …). */
export const OUTCOME_TOPICS = ["matched", "unmatched", "other"] as const;
export type OutcomeTopic = (typeof OUTCOME_TOPICS)[number];

export interface OutcomeQueue {
  /** Also the name of the service that reads it. */
  readonly consumer: string;
  readonly topics: readonly OutcomeTopic[];
  /** How long one batch may take before its messages come again. AWS advises six times the function's timeout. */
  readonly visibilitySeconds: number;
  /** How often a message comes before it goes to the dead-letter queue. */
  readonly receivesMax: number;
}

export const OUTCOME_QUEUES: readonly OutcomeQueue[] = [
  { consumer: "projector", topics: OUTCOME_TOPICS, visibilitySeconds: 180, receivesMax: 5 },
  { consumer: "ledger", topics: OUTCOME_TOPICS, visibilitySeconds: 180, receivesMax: 5 },
  { consumer: "notifier", topics: OUTCOME_TOPICS, visibilitySeconds: 180, receivesMax: 5 },
  { consumer: "reconciliation", topics: OUTCOME_TOPICS, visibilitySeconds: 60, receivesMax: 5 },
];

/** The dead-letter queue of a consumer. */
export function deadLetterQueue(consumer: string): string {
  return `${consumer}-dead-letters`;
}
