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
    {
      title: "Ledger and event bus",
      panels: [
        {
          id: "ledger",
          title: "Does the ledger agree with the engine?",
          description: "All that differed at the last check, smallest units. Must be 0.",
          unit: "short",
          // Nothing is compared before the ledger is open and a snapshot was taken.
          isOftenEmpty: true,
          queries: [
            {
              expr: `max by (region, shard) (${series("meridian_ledger_difference", ["region", "shard"])})`,
              legend: "{{shard}} {{region}}",
            },
          ],
        },
        {
          id: "queue-age",
          title: "How old is the oldest event that a consumer has not taken?",
          description:
            "Milliseconds where all is well. A line that rises as fast as time is a consumer that stands still.",
          unit: "s",
          queries: [
            {
              expr: `max by (region, queue) (${series("meridian_queue_oldest_seconds", ["region"], 'state="waiting"')})`,
              legend: "{{queue}} {{region}}",
            },
          ],
        },
        {
          id: "dead-letters",
          title: "How many events did a consumer give up on?",
          description: "Must be 0. Each waits for somebody to look at it and to bring it back.",
          unit: "short",
          queries: [
            {
              expr: `max by (region, queue) (${series("meridian_queue_messages", ["region"], 'state="dead"')})`,
              legend: "{{queue}} {{region}}",
            },
          ],
        },
      ],
    },
  ],
};
