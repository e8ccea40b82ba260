import type { Board } from "../board.ts";
import { series } from "../promql.ts";

/** Does the money add up? */
export const LEDGER_INTEGRITY: Board = {
  id: "ledger-integrity",
  title: "Meridian: ledger integrity",
  description: "Money is neither made nor lost.",
  rows: [
    {
      title: "Conservation",
      panels: [
        {
          id: "conservation",
          title: "What do accounts hold beyond what came in?",
          description: "By shard and asset, smallest units. Must be 0, at every moment, in every Region.",
          unit: "short",
          queries: [
            {
              expr: `max by (shard, asset) (abs(${series("meridian_conservation_residual", ["region", "shard"])}))`,
              legend: "{{asset}} on {{shard}}",
            },
          ],
        },
        {
          id: "conflicted",
          title: "How many provisional fills were undone?",
          description: "Each was compensated: the account's adjustments say how.",
          unit: "short",
          isOftenEmpty: true,
          queries: [
            {
              expr: `sum by (region, verdict) (${series("meridian_reconciled_fills_total", ["region", "shard"])})`,
              legend: "{{verdict}} {{region}}",
            },
          ],
          runbook: "reconciliation-stuck",
        },
      ],
    },
  ],
};
