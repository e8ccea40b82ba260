import { ACKNOWLEDGED_SECONDS } from "../alerts/slos.ts";
import type { Board } from "../board.ts";
import { quantile, ratePer, series } from "../promql.ts";

/** What is broken on purpose, and what came of it. */
export const EXPERIMENTS: Board = {
  id: "experiments",
  title: "Meridian: experiments",
  description: "What is broken on purpose, what clients felt, what went on, and who was told.",
  rows: [
    {
      title: "Experiments",
      panels: [
        {
          id: "running",
          title: "Which experiments are running?",
          description:
            "1 from the hurt until everything has come back. Nothing: none since the platform started.",
          unit: "short",
          isOftenEmpty: true,
          queries: [
            {
              expr: `max by (experiment) (${series("meridian_experiment_running", [])})`,
              legend: "{{experiment}}",
            },
          ],
          runbook: "run-a-game-day",
        },
        {
          id: "alerts",
          title: "Which alerts did it set off?",
          description: "Those that fire. What must fire for which experiment is in docs/resilience.md.",
          unit: "short",
          isOftenEmpty: true,
          queries: [
            {
              expr: 'count by (alertname) (ALERTS{alertstate="firing",alertname!="Watchdog"})',
              legend: "{{alertname}}",
            },
          ],
          runbook: "run-a-game-day",
        },
      ],
    },
    {
      title: "What clients feel",
      panels: [
        {
          id: "not-done",
          title: "How many commands are not taken at once?",
          description: "By what their clients were answered; queued ones are taken later.",
          unit: "reqps",
          isOftenEmpty: true,
          queries: [
            {
              expr: ratePer(
                "result",
                series("meridian_submissions_total", ["region", "shard"], 'result!="done"'),
              ),
              legend: "{{result}}",
            },
          ],
          runbook: "order-entry-burn-fast",
        },
        {
          id: "latency",
          title: "How long do clients wait meanwhile (p99)?",
          description:
            "A peak while something fails over is what experiments are for; it must come back. 500 ms is promised for orders across an ocean, which are in it.",
          unit: "s",
          limit: ACKNOWLEDGED_SECONDS.elsewhere,
          queries: [
            {
              expr: quantile(
                0.99,
                "region",
                series("meridian_order_seconds_bucket", ["region", "shard"], 'stage="total"'),
              ),
              legend: "{{region}}",
            },
          ],
          runbook: "order-acknowledged-burn-fast",
        },
      ],
    },
    {
      title: "What goes on",
      panels: [
        {
          id: "takeovers",
          title: "Which zones took over, a minute?",
          description: "More than none only where a zone was lost, or fell silent.",
          unit: "short",
          queries: [
            {
              expr: `sum by (region) (increase(${series("meridian_zone_failovers_total")}[1m]))`,
              legend: "{{region}}",
            },
          ],
          runbook: "zone-failover",
        },
        {
          id: "moves",
          title: "Which shards moved?",
          description: "The epoch of each shard: a step is a takeover or a planned move.",
          unit: "short",
          queries: [
            {
              expr: `max by (shard) (${series("meridian_epoch", ["region", "shard"])})`,
              legend: "{{shard}}",
            },
          ],
          runbook: "no-owner",
        },
        {
          id: "provisional",
          title: "How many shards are provisional, by Region?",
          description: "What happens there may be taken back.",
          unit: "short",
          queries: [
            {
              expr: `sum by (region) (${series("meridian_shard_provisional", ["region", "shard"])})`,
              legend: "{{region}}",
            },
          ],
          runbook: "fork-open",
        },
      ],
    },
  ],
};
