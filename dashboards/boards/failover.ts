import type { Board } from "../board.ts";
import { series } from "../promql.ts";

/** Zones and processes, and what went on without them. */
export const FAILOVER: Board = {
  id: "failover",
  title: "Meridian: failover",
  description: "What is up, what stands by, and what took over.",
  rows: [
    {
      title: "Processes and zones",
      panels: [
        {
          id: "processes",
          title: "Which processes answer?",
          description: "1: it was scraped.",
          unit: "short",
          queries: [{ expr: series("up", [], 'job="meridian"'), legend: "{{process}}" }],
        },
        {
          id: "zones",
          title: "How many zones match for each Region?",
          description: "2: one publishes and one stands by.",
          unit: "short",
          queries: [
            { expr: `min by (region) (${series("meridian_zones_connected")})`, legend: "{{region}}" },
          ],
        },
        {
          id: "zone-failovers",
          title: "How often did the other zone take over?",
          description: "Since the Region's process started.",
          unit: "short",
          isOftenEmpty: true,
          queries: [
            {
              expr: `sum by (region, reason) (${series("meridian_zone_failovers_total")})`,
              legend: "{{region}}: {{reason}}",
            },
          ],
        },
      ],
    },
  ],
};
