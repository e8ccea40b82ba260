import type { Board } from "../board.ts";
import { quantile, ratePer, series } from "../promql.ts";

/** What a person on call looks at first. */
export const FRONT_PAGE: Board = {
  id: "front-page",
  title: "Meridian: front page",
  description: "Is anything wrong, and where? Each line is a Region; the other dashboards say why.",
  rows: [
    {
      title: "Promises",
      panels: [
        {
          id: "error-budget",
          title: "How fast is each error budget spent?",
          description: "Burn rate over an hour. 1 spends a month's budget in a month; 14.4 pages.",
          unit: "short",
          limit: 14.4,
          queries: [
            {
              expr: `${series("meridian:slo_errors:ratio_rate1h", ["region"], 'slo="order-acknowledged"')} / 0.001`,
              legend: "acknowledged {{region}}",
            },
            {
              expr: `${series("meridian:slo_errors:ratio_rate1h", ["region"], 'slo="order-entry"')} / 0.0005`,
              legend: "available {{region}}",
            },
            {
              expr: `${series("meridian:slo_errors:ratio_rate1h", ["region"], 'slo="book-delta"')} / 0.005`,
              legend: "book delta {{region}}",
            },
          ],
          runbook: "order-acknowledged-burn-fast",
        },
        {
          id: "latency",
          title: "How long do clients wait for an order (p99)?",
          description:
            "The promise is 250 ms for 99.9 %. A Region far from a shard's owner waits for the link.",
          unit: "s",
          limit: 0.25,
          queries: [
            {
              expr: quantile(
                0.99,
                "region",
                series("meridian_order_seconds_bucket", ["region"], 'stage="total"'),
              ),
              legend: "{{region}}",
            },
          ],
          runbook: "order-acknowledged-burn-fast",
        },
        {
          id: "orders",
          title: "How many commands do clients submit a second?",
          description: "By Region. A drop in one and a rise in another is a failover.",
          unit: "reqps",
          queries: [{ expr: ratePer("region", series("meridian_submissions_total")), legend: "{{region}}" }],
          runbook: "order-entry-burn-fast",
        },
      ],
    },
    {
      title: "Invariants",
      panels: [
        {
          id: "lag",
          title: "How far is each Region behind?",
          description:
            "Seconds since the owner's log was heard of, the worst shard. A few hundred ms are normal.",
          unit: "s",
          limit: 5,
          queries: [
            { expr: `max by (region) (${series("meridian_replica_lag_seconds")})`, legend: "{{region}}" },
          ],
          runbook: "replica-lag",
        },
        {
          id: "broken",
          title: "Is an invariant broken?",
          description: "Shards whose money does not add up, and folds that differ. Anything but 0 pages.",
          unit: "short",
          kind: "stat",
          limit: 1,
          queries: [
            {
              expr: `count(abs(${series("meridian_conservation_residual")}) > 0) or vector(0)`,
              legend: "conservation",
            },
            { expr: `sum(${series("meridian_tape_divergences_total")}) or vector(0)`, legend: "divergences" },
          ],
          runbook: "conservation-broken",
        },
        {
          id: "alerts",
          title: "Which alerts fire?",
          description: "All but the watchdog.",
          unit: "short",
          isOftenEmpty: true,
          queries: [
            {
              expr: 'count by (alertname) (ALERTS{alertstate="firing",alertname!="Watchdog"})',
              legend: "{{alertname}}",
            },
          ],
          runbook: "watchdog",
        },
        {
          id: "watchdog",
          title: "Are alerts evaluated at all?",
          description: "1: the watchdog fires, as it must.",
          unit: "short",
          kind: "stat",
          queries: [
            {
              expr: 'count(ALERTS{alertname="Watchdog",alertstate="firing"}) or vector(0)',
              legend: "watchdog",
            },
          ],
        },
      ],
    },
  ],
};
