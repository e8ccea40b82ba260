import { assert } from "#shared/domain/invariant.ts";
import { ACKNOWLEDGED_SECONDS, SLOS } from "../alerts/slos.ts";
import type { Board } from "../board.ts";
import { quantile, ratePer, series } from "../promql.ts";

const HOUR_SECONDS = 3600;

/** Over an hour: 1 spends a month's budget in a month. So few bad events that no alert would come of them are none. */
const burn = (id: string): string => {
  const slo = SLOS.find((each) => each.id === id);
  assert(slo !== undefined, `there is an objective ${id}`);
  const of = (name: "meridian:slo_errors:ratio_rate1h" | "meridian:slo_events:rate1h") =>
    series(name, ["region"], `slo="${id}"`);
  const ratio = of("meridian:slo_errors:ratio_rate1h");
  const share = Number((1 - slo.objective).toPrecision(6));
  const bad = `${ratio} * ${of("meridian:slo_events:rate1h")} * ${HOUR_SECONDS}`;
  return `(${ratio} / ${share} and ${bad} >= ${slo.minimumBad}) or 0 * ${ratio}`;
};
const BURNS = [
  { expr: burn("order-acknowledged"), legend: "acknowledged {{region}}" },
  { expr: burn("order-entry"), legend: "available {{region}}" },
  { expr: burn("book-delta"), legend: "book delta {{region}}" },
];
const latency = (owner: "here" | "elsewhere") =>
  quantile(
    0.99,
    "region",
    series("meridian_order_seconds_bucket", ["region"], 'stage="total"', `owner="${owner}"`),
  );
const ORDERS = ratePer("region", series("meridian_submissions_total"));
const LAG = `max by (region) (${series("meridian_replica_lag_seconds")})`;
const byRegion = (expr: string) => [{ expr, legend: "{{region}}" }];

/** What a person on call looks at first. */
export const FRONT_PAGE: Board = {
  id: "front-page",
  title: "Meridian: front page",
  description: "Is anything wrong, and where? Each line is a Region; the other dashboards say why.",
  rows: [
    {
      title: "$region",
      repeatBy: "region",
      panels: [
        {
          id: "region-budget",
          title: "Does it keep its promises?",
          description:
            "The fastest burn rate of its promises over an hour. 1 spends a month's budget in a month; 14.4 pages; of fewer than ten bad events nothing is said.",
          unit: "short",
          kind: "stat",
          limit: 14.4,
          queries: byRegion(`max by (region) (${BURNS.map(({ expr }) => expr).join(" or ")})`),
          runbook: "order-acknowledged-burn-fast",
        },
        {
          id: "region-orders",
          title: "How many commands does it get a second?",
          description: "What its clients submit. 0 while others have more: they were taken elsewhere.",
          unit: "reqps",
          kind: "stat",
          queries: byRegion(ORDERS),
          runbook: "order-entry-burn-fast",
        },
        {
          id: "region-latency",
          title: "How long does an order to its own shards take (p99)?",
          description: "The promise is 250 ms for 99.9 %.",
          unit: "s",
          kind: "stat",
          limit: ACKNOWLEDGED_SECONDS.here,
          queries: byRegion(latency("here")),
          runbook: "order-acknowledged-burn-fast",
        },
        {
          id: "region-lag",
          title: "How far is it behind?",
          description: "Seconds since an owner's log was heard of, its worst shard.",
          unit: "s",
          kind: "stat",
          limit: 5,
          queries: byRegion(LAG),
          runbook: "replica-lag",
        },
        {
          id: "region-owned",
          title: "How many shards does it own?",
          description: "Their orders are decided here. 0 is well if others own them.",
          unit: "short",
          kind: "stat",
          queries: byRegion(`sum by (region) (${series("meridian_shard_owned")})`),
          runbook: "no-owner",
        },
        {
          id: "region-digests",
          title: "How often did its fold differ from another's?",
          description: "Digests at equal seq are compared all the time. Must be 0.",
          unit: "short",
          kind: "stat",
          limit: 1,
          // A counter that never counted is not there.
          queries: byRegion(
            `sum by (region) (${series("meridian_tape_divergences_total")}) or 0 * sum by (region) (${series("meridian_folded_seq")})`,
          ),
          runbook: "tape-divergence",
        },
      ],
    },
    {
      title: "Now",
      panels: [
        {
          id: "experiment",
          title: "Is an experiment running?",
          description:
            "How many. If one is, this may be a rehearsal; which one, the dashboard of experiments says.",
          unit: "short",
          kind: "stat",
          queries: [{ expr: "sum(meridian_experiment_running) or vector(0)", legend: "experiments" }],
          runbook: "run-a-game-day",
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
    {
      title: "Promises",
      panels: [
        {
          id: "orders",
          title: "How many commands do clients submit a second?",
          description: "By Region. A drop in one and a rise in another is a failover.",
          unit: "reqps",
          queries: byRegion(ORDERS),
          runbook: "order-entry-burn-fast",
        },
        {
          id: "latency",
          title: "How long do clients wait for an order to a shard of their Region (p99)?",
          description: "The promise is 250 ms for 99.9 %.",
          unit: "s",
          limit: ACKNOWLEDGED_SECONDS.here,
          queries: byRegion(latency("here")),
          runbook: "order-acknowledged-burn-fast",
        },
        {
          id: "latency-elsewhere",
          title: "And to a shard that another Region owns (p99)?",
          description: "The promise is 500 ms for 99.9 %: the way across an ocean is in it.",
          unit: "s",
          limit: ACKNOWLEDGED_SECONDS.elsewhere,
          queries: byRegion(latency("elsewhere")),
          runbook: "order-acknowledged-burn-fast",
        },
        {
          id: "lag",
          title: "How far is each Region behind?",
          description:
            "Seconds since the owner's log was heard of, the worst shard. A few hundred ms are normal.",
          unit: "s",
          limit: 5,
          queries: byRegion(LAG),
          runbook: "replica-lag",
        },
        {
          id: "error-budget",
          title: "How fast is each error budget spent?",
          description: "Burn rate over an hour. 1 spends a month's budget in a month; 14.4 pages.",
          unit: "short",
          limit: 14.4,
          queries: BURNS,
          runbook: "order-acknowledged-burn-fast",
        },
      ],
    },
  ],
};
