/**
 * What a page says of how the exchange was for its trader since it said so last: durations and counts, nothing of who it is or what it did. `POST /meridian/v1/experience`.
 */
export interface ExperienceReport {
  /** From each click until the page had the order's status, ms. */
  readonly orderMs: readonly number[];
  /** Orders whose outcome the page did not get to know in its time. */
  readonly unansweredOrders: number;
  /** The longest time that the page heard nothing from the gateway while it was looked at, ms. */
  readonly silenceMs: number;
  /** From the navigation until the live feeds stood, ms; told once. */
  readonly loadMs?: number;
  readonly resyncs: number;
  readonly reconnects: number;
  readonly scriptErrors: number;
}

/** Bounds of a report. What is longer or more is told as this much. */
export const EXPERIENCE_LIMITS = {
  ordersMax: 50,
  durationMsMax: 600_000,
  countMax: 1000,
} as const;
