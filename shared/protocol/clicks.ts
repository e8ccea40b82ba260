/** What a page tells of its trader's clicks whose traces the exchange goes on with: the first span of each, measured where the trace begins. `POST /meridian/v1/clicks`. */
export interface ClickReport {
  readonly clicks: readonly ToldClick[];
}

export const CLICK_RESULTS = ["answered", "refused", "unanswered"] as const;
export type ClickResult = (typeof CLICK_RESULTS)[number];

export interface ToldClick {
  /** As it was sent with the order: its span is the click's. */
  readonly traceparent: string;
  /** From the click until the page had the answer, ms; however often it was sent. */
  readonly tookMs: number;
  /** How long ago that was when it was told, ms: no clock of the page is trusted. */
  readonly endedMsAgo: number;
  readonly result: ClickResult;
}

/** Bounds of a report. */
export const CLICK_LIMITS = { clicksMax: 20, tookMsMax: 600_000, endedMsAgoMax: 60_000 } as const;
