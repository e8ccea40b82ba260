import { ACKNOWLEDGED_SECONDS } from "../alerts/slos.ts";
import type { Board } from "../board.ts";
import { quantile, ratePer, series } from "../promql.ts";

const TOTALS = (owner: "here" | "elsewhere") =>
  series("meridian_order_seconds_bucket", ["region", "shard"], 'stage="total"', `owner="${owner}"`);
const quantiles = (owner: "here" | "elsewhere") =>
  [0.5, 0.99, 0.999].map((q) => ({
    expr: quantile(q, "region", TOTALS(owner)),
    legend: `p${q * 100} {{region}}`,
  }));
const STAGES = series("meridian_order_seconds_bucket", ["region", "shard"]);

/** Rate, errors and duration of an order at each stage of its way. */
export const ORDER_PATH: Board = {
  id: "order-path",
  title: "Meridian: the way of an order",
  description: "Rate, errors and duration, from the request to the fold's word.",
  rows: [
    {
      title: "Rate and errors",
      panels: [
        {
          id: "availability",
          title: "What becomes of what clients submit?",
          description:
            "`done`: the fold gave its outcome. `queued`: waits for its owner. The rest was not taken, or nobody knows yet.",
          unit: "reqps",
          queries: [
            {
              expr: ratePer("result", series("meridian_submissions_total", ["region", "shard"])),
              legend: "{{result}}",
            },
          ],
        },
        {
          id: "rejections",
          title: "Why does the fold reject commands?",
          description:
            "The engine's reasons. A new bot that is wrong, or a market that is closed, shows here.",
          unit: "reqps",
          isOftenEmpty: true,
          queries: [
            {
              expr: ratePer("reason", series("meridian_rejections_total", ["region", "shard"])),
              legend: "{{reason}}",
            },
          ],
          runbook: "order-entry-burn-fast",
        },
      ],
    },
    {
      title: "Duration",
      panels: [
        {
          id: "acknowledged",
          title: "How long does an order to a shard of the same Region take in all?",
          description: "The promise is 250 ms for 99.9 %.",
          unit: "s",
          limit: ACKNOWLEDGED_SECONDS.here,
          queries: quantiles("here"),
        },
        {
          id: "acknowledged-elsewhere",
          title: "And to a shard that another Region owns?",
          description:
            "The promise is 500 ms for 99.9 %: there and back over the link once, and once more where the one before is under way. Empty where one Region owns all.",
          unit: "s",
          limit: ACKNOWLEDGED_SECONDS.elsewhere,
          queries: quantiles("elsewhere"),
          runbook: "order-acknowledged-burn-fast",
        },
        {
          id: "stages",
          title: "Which stage takes the time (p99)?",
          description:
            "`append`: until the log holds it. `outcome`: until this Region's fold told. By where the owner is: across a link (`elsewhere`) each has a part of its way.",
          unit: "s",
          queries: [
            {
              expr: quantile(0.99, "region, stage, owner", STAGES),
              legend: "{{stage}} {{owner}} {{region}}",
            },
          ],
          runbook: "order-acknowledged-burn-fast",
        },
      ],
    },
    {
      title: "Saturation",
      panels: [
        {
          id: "backpressure",
          title: "Are orders slowed or refused?",
          description: "0 takes all, 1 holds answers back, 2 refuses new orders.",
          unit: "short",
          limit: 2,
          queries: [
            {
              expr: `max by (region, shard) (${series("meridian_backpressure_level", ["region", "shard"])})`,
              legend: "{{shard}} {{region}}",
            },
          ],
        },
        {
          id: "journal-lag",
          title: "How old is the oldest outcome that is not journaled?",
          description: "At 0.5 s answers are held back, at 2 s new orders are refused.",
          unit: "s",
          limit: 2,
          queries: [
            {
              expr: `max by (region, shard) (${series("meridian_unjournaled_seconds", ["region", "shard"])})`,
              legend: "{{shard}} {{region}}",
            },
          ],
        },
        {
          id: "outbox",
          title: "How many commands wait for an owner?",
          description: "They are durable and retried; clients see QUEUED.",
          unit: "short",
          limit: 1000,
          queries: [
            {
              expr: `sum by (region, shard) (${series("meridian_outbox_commands", ["region", "shard"])})`,
              legend: "{{shard}} {{region}}",
            },
          ],
        },
      ],
    },
  ],
};
