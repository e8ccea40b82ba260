import type { Slo } from "./slo.ts";

const NOT_TAKEN = "overloaded|backpressure|unknown|unreachable|outbox-full";

/** What Meridian promises its clients, by Region; docs/on-call.md says it in words. */
export const SLOS: readonly Slo[] = [
  {
    id: "order-acknowledged",
    title: "Orders are acknowledged within 250 ms",
    objective: 0.999,
    bad: `sum by (region) (rate(meridian_order_seconds_count{stage="total"}[$window])) - sum by (region) (rate(meridian_order_seconds_bucket{stage="total",le="0.25"}[$window]))`,
    total: `sum by (region) (rate(meridian_order_seconds_count{stage="total"}[$window]))`,
    minimumPerSecond: 0.1,
    minimumBad: 10,
    panel: "order-path/acknowledged",
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
