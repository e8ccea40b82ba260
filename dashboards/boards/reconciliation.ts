import type { Board } from "../board.ts";
import { series } from "../promql.ts";

const byShard = ["region", "shard"] as const;

/** Forks, and what became of them. */
export const RECONCILIATION: Board = {
  id: "reconciliation",
  title: "Meridian: forks and reconciliation",
  description: "What is provisional, what is being replayed, what was undone.",
  rows: [
    {
      title: "Forks",
      panels: [
        {
          id: "provisional",
          title: "Where is what happens provisional?",
          description: "1: a Region trades on a fork, or is not sure of its lease.",
          unit: "short",
          queries: [
            {
              expr: `max by (region, shard) (${series("meridian_shard_provisional", byShard)})`,
              legend: "{{shard}} {{region}}",
            },
          ],
        },
        {
          id: "open",
          title: "Which forks are being replayed?",
          description: "From the first replayed command until the end of the replay is final.",
          unit: "short",
          isOftenEmpty: true,
          queries: [
            {
              expr: `max by (region, shard) (${series("meridian_reconciliations_open", byShard)})`,
              legend: "{{shard}} {{region}}",
            },
          ],
        },
      ],
    },
    {
      title: "Verdicts",
      panels: [
        {
          id: "duration",
          title: "How long did reconciliations take?",
          description: "The promise is 60 s for 99 %. The mean over the time shown.",
          unit: "s",
          limit: 60,
          isOftenEmpty: true,
          queries: [
            {
              expr: `sum by (region) (${series("meridian_reconciliation_seconds_sum", byShard)}) / sum by (region) (${series("meridian_reconciliation_seconds_count", byShard)})`,
              legend: "{{region}}",
            },
          ],
        },
        {
          id: "verdicts",
          title: "How many provisional fills were confirmed, how many undone?",
          description: "Since the processes started.",
          unit: "short",
          isOftenEmpty: true,
          queries: [
            {
              expr: `max by (verdict) (sum by (region, verdict) (${series("meridian_reconciled_fills_total", byShard)}))`,
              legend: "{{verdict}}",
            },
          ],
          runbook: "reconciliation-stuck",
        },
      ],
    },
  ],
};
