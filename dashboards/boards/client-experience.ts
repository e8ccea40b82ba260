import type { Board } from "../board.ts";
import { quantile, ratePer, series } from "../promql.ts";

/** What clients of the live feeds see. */
export const CLIENT_EXPERIENCE: Board = {
  id: "client-experience",
  title: "Meridian: client experience",
  description: "The live feeds, as clients have them.",
  rows: [
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
