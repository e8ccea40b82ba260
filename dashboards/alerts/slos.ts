import type { Slo } from "./slo.ts";

/**
 * How long an order may take, by where its shard's owner is: docs/decisions/0025-what-an-order-across-an-ocean-is-promised.md. Both are bounds of the histogram
 * (`LATENCY_SECONDS`), so that they are counted exactly.
 */
export const ACKNOWLEDGED_SECONDS = { here: 0.25, elsewhere: 0.5 } as const;

const ORDERS = 'meridian_order_seconds_count{stage="total"}';
const IN_TIME = Object.entries(ACKNOWLEDGED_SECONDS)
  .map(
    ([owner, seconds]) =>
      `rate(meridian_order_seconds_bucket{stage="total",owner="${owner}",le="${seconds}"}[$window])`,
  )
  .join(" or ");

const NOT_TAKEN = "overloaded|backpressure|unknown|unreachable|outbox-full";

/** What Meridian promises its clients, by Region; docs/on-call.md says it in words. */
export const SLOS: readonly Slo[] = [
  {
    id: "order-acknowledged",
    title: "Orders are acknowledged within 250 ms, across an ocean within 500 ms",
    objective: 0.999,
    bad: `sum by (region) (rate(${ORDERS}[$window])) - sum by (region) (${IN_TIME})`,
    total: `sum by (region) (rate(${ORDERS}[$window]))`,
    minimumPerSecond: 0.1,
    minimumBad: 10,
    panel: "order-path/acknowledged",
    why: "An order counts against 250 ms where its shard's owner is in the Region that takes it, and against 500 ms where an ocean is between them: the longest round trip of the three Regions is 220 ms, and an order may have to wait for as long as one more.",
  },
  {
    id: "order-entry",
    title: "Order entry is available",
    objective: 0.9995,
    bad: `sum by (region) (rate(meridian_submissions_total{result=~"${NOT_TAKEN}"}[$window]))`,
    total: `sum by (region) (rate(meridian_submissions_total[$window]))`,
    minimumPerSecond: 0.1,
    minimumBad: 10,
    panel: "order-path/availability",
  },
  {
    id: "book-delta",
    title: "Changes of a book are sent within 300 ms",
    objective: 0.995,
    bad: `sum by (region) (rate(meridian_book_delta_seconds_count[$window])) - sum by (region) (rate(meridian_book_delta_seconds_bucket{le="0.3"}[$window]))`,
    total: `sum by (region) (rate(meridian_book_delta_seconds_count[$window]))`,
    minimumPerSecond: 0.1,
    minimumBad: 10,
    panel: "client-experience/book-delta",
  },
  {
    id: "reconciled",
    title: "Forks are reconciled within 60 s of being healed",
    objective: 0.99,
    bad: `sum by (region) (rate(meridian_reconciliation_seconds_count[$window])) - sum by (region) (rate(meridian_reconciliation_seconds_bucket{le="60"}[$window]))`,
    total: `sum by (region) (rate(meridian_reconciliation_seconds_count[$window]))`,
    // Forks are rare: each one counts.
    minimumPerSecond: 0,
    minimumBad: 1,
    panel: "reconciliation/duration",
  },
];
