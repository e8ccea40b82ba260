import type { Board } from "../board.ts";
import { quantile, ratePer, series } from "../promql.ts";

/** What the fold does, by shard and market. */
export const MATCHING: Board = {
  id: "matching",
  title: "Meridian: matching",
  description: "What is folded and what trades.",
  rows: [
    {
      title: "Traffic",
      panels: [
        {
          id: "commands",
          title: "How many commands are folded a second?",
          description: "As one Region counts them: every Region folds every shard, so they should agree.",
          unit: "reqps",
          queries: [
            {
              expr: ratePer("shard, region", series("meridian_commands_total", ["region", "shard"])),
              legend: "{{shard}} {{region}}",
            },
          ],
          runbook: "replica-lag",
        },
        {
          id: "trades",
          title: "How many trades are there a second?",
          description: "By market. None while orders flow pages.",
          unit: "ops",
          isOftenEmpty: true,
          queries: [
            {
              expr: `max by (market) (sum by (market, region) (rate(${series("meridian_trades_total", ["region", "market"])}[$__rate_interval])))`,
              legend: "{{market}}",
            },
          ],
        },
      ],
    },
    {
      title: "The fold",
      panels: [
        {
          id: "fold-time",
          title: "How long does a batch of commands take to fold (p99)?",
          description: "In each zone. It grows with the size of batches, that is with load.",
          unit: "s",
          queries: [
            {
              expr: quantile(
                0.99,
                "region, zone",
                series("meridian_fold_batch_seconds_bucket", ["region", "shard"]),
              ),
              legend: "{{region}} {{zone}}",
            },
          ],
          runbook: "event-loop-lag",
        },
        {
          id: "undecodable",
          title: "Are there records that do not decode?",
          description: "Must be 0.",
          unit: "short",
          kind: "stat",
          limit: 1,
          queries: [
            {
              expr: `sum(${series("meridian_undecodable_total", ["region", "shard"])}) or vector(0)`,
              legend: "records",
            },
          ],
        },
      ],
    },
  ],
};
