import type { Board } from "../board.ts";
import { quantile, ratePer, series } from "../promql.ts";

/** What clients of the live feeds see. */
export const CLIENT_EXPERIENCE: Board = {
  id: "client-experience",
  title: "Meridian: client experience",
  description: "What traders see: measured in the page, and the live feeds as they are sent.",
  rows: [
    {
      title: "As pages measure it",
      panels: [
        {
          id: "page-order",
          title: "How long does a trader wait from the click to the order's status?",
          description:
            "Measured in the page, the way to the Region in it. Of pages that told in the last minutes.",
          unit: "s",
          limit: 0.5,
          isOftenEmpty: true,
          queries: [
            {
              expr: quantile(0.5, "region", series("meridian_client_order_seconds_bucket")),
              legend: "{{region}} half",
            },
            {
              expr: quantile(0.99, "region", series("meridian_client_order_seconds_bucket")),
              legend: "{{region}} 99 %",
            },
          ],
          runbook: "order-acknowledged-burn-fast",
        },
        {
          id: "page-unanswered",
          title: "How many orders do pages give up on?",
          description:
            "Sent again under one key until the page's patience ended: the trader does not know the outcome.",
          unit: "ops",
          isOftenEmpty: true,
          runbook: "order-entry-burn-fast",
          queries: [
            {
              expr: ratePer("region, result", series("meridian_client_orders_total")),
              legend: "{{region}} {{result}}",
            },
          ],
        },
        {
          id: "page-silence",
          title: "How stale do pages get (p99 of the longest silence in half a minute)?",
          description: "Something comes every 3 s at the latest, so more than that is a frozen page.",
          unit: "s",
          limit: 3,
          isOftenEmpty: true,
          runbook: "resync-storm",
          queries: [
            {
              expr: quantile(0.99, "region", series("meridian_client_silence_seconds_bucket")),
              legend: "{{region}}",
            },
          ],
        },
        {
          id: "page-load",
          title: "How long until a page is live (p75)?",
          description: "From the navigation until the live feeds stand.",
          unit: "s",
          isOftenEmpty: true,
          runbook: "process-down",
          queries: [
            {
              expr: quantile(0.75, "region", series("meridian_client_load_seconds_bucket")),
              legend: "{{region}}",
            },
          ],
        },
        {
          id: "page-repairs",
          title: "How often do pages reconnect and repair their feeds?",
          description: "A peak after a failover is normal; a level is a bad way to the Region.",
          unit: "ops",
          isOftenEmpty: true,
          runbook: "resync-storm",
          queries: [
            {
              expr: ratePer("region", series("meridian_client_reconnects_total")),
              legend: "{{region}} reconnects",
            },
            {
              expr: ratePer("region", series("meridian_client_resyncs_total")),
              legend: "{{region}} resyncs",
            },
          ],
        },
        {
          id: "page-errors",
          title: "How many errors do pages not catch?",
          description: "Above 0 right after a new page was released: roll it back.",
          unit: "ops",
          isOftenEmpty: true,
          runbook: "server-errors",
          queries: [
            {
              expr: ratePer("region", series("meridian_client_script_errors_total")),
              legend: "{{region}}",
            },
          ],
        },
      ],
    },
    {
      title: "Feeds",
      panels: [
        {
          id: "book-delta",
          title: "How late are changes of a book (p99)?",
          description: "The promise is 300 ms for 99.5 %. Changes are gathered for 100 ms.",
          unit: "s",
          limit: 0.3,
          queries: [
            {
              expr: quantile(
                0.99,
                "region",
                series("meridian_book_delta_seconds_bucket", ["region", "market"]),
              ),
              legend: "{{region}}",
            },
          ],
        },
        {
          id: "resyncs",
          title: "How many feeds do clients repair a second?",
          description: "A peak after a restart or a failover is normal.",
          unit: "ops",
          isOftenEmpty: true,
          queries: [
            { expr: ratePer("region", series("meridian_socket_resyncs_total")), legend: "{{region}}" },
          ],
        },
      ],
    },
    {
      title: "Gaps",
      panels: [
        {
          id: "gaps",
          title: "Did a client miss what nobody can tell it any more?",
          description: "Feeds that could not be repaired, since the processes started. Must be 0.",
          unit: "short",
          kind: "stat",
          limit: 1,
          queries: [
            {
              expr: `sum(${series("meridian_feed_gaps_total", ["region", "shard"])}) or vector(0)`,
              legend: "gaps",
            },
          ],
        },
      ],
    },
    {
      title: "Connections",
      panels: [
        {
          id: "connections",
          title: "How many clients are connected?",
          description: "A Region that loses all of them is not reached any more, whatever it says of itself.",
          unit: "short",
          queries: [
            { expr: `sum by (region) (${series("meridian_socket_connections")})`, legend: "{{region}}" },
          ],
          runbook: "process-down",
        },
        {
          id: "slow-clients",
          title: "How many clients are disconnected because they do not keep up?",
          description: "They reconnect and repair their feeds.",
          unit: "ops",
          isOftenEmpty: true,
          queries: [
            {
              expr: ratePer("region", series("meridian_socket_slow_disconnects_total")),
              legend: "{{region}}",
            },
          ],
        },
        {
          id: "buffered",
          title: "How much waits for the slowest client?",
          description: "What is not sent yet. Clients beyond the bound are disconnected.",
          unit: "bytes",
          queries: [{ expr: series("meridian_socket_buffered_bytes"), legend: "{{region}}" }],
          runbook: "clients-too-slow",
        },
      ],
    },
  ],
};
