import type { Board } from "../board.ts";
import { ratePer, series } from "../promql.ts";

/** The edge has no Region of its own: the chosen ones are those that it takes clients to. */
const TO = 'to=~"$region|none"';

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
          id: "standby-lag",
          title: "How far is who stands by behind the journal?",
          description:
            "Commands. As deployed, where each zone's task reads the logs by itself; nothing where nobody stands by.",
          unit: "short",
          isOftenEmpty: true,
          queries: [
            {
              expr: `max by (region, shard) (${series("meridian_standby_lag_commands")})`,
              legend: "{{region}} {{shard}}",
            },
          ],
          runbook: "standby-missing",
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
    {
      title: "Before the Regions",
      panels: [
        {
          id: "edge-regions",
          title: "Which Regions take clients?",
          description:
            "1: the edge takes clients there. Where the platform runs by itself; on AWS CloudFront and Route 53 tell.",
          unit: "short",
          queries: [{ expr: series("meridian_edge_region_healthy", [], TO), legend: "{{to}}" }],
          runbook: "region-unreachable",
        },
        {
          id: "edge-requests",
          title: "Where do requests go, and what comes of them?",
          description: "Anything but answered is felt: refused (nobody was left to ask), unknown, broken.",
          unit: "reqps",
          queries: [
            {
              expr: ratePer("to, result", series("meridian_edge_requests_total", [], TO)),
              legend: "{{to}}: {{result}}",
            },
          ],
          runbook: "process-down",
        },
        {
          id: "edge-failovers",
          title: "How many requests did a Region not take, so that the next one was asked?",
          description: "A few when a Region dies; then the edge knows it.",
          unit: "reqps",
          isOftenEmpty: true,
          queries: [
            {
              expr: ratePer("from", series("meridian_edge_failovers_total", [], 'from=~"$region"')),
              legend: "{{from}}",
            },
          ],
          runbook: "region-unreachable",
        },
        {
          id: "edge-sockets",
          title: "How many WebSockets does the edge hold?",
          description: "By the Region to which they lead. A drop in one and a rise in another is a failover.",
          unit: "short",
          queries: [{ expr: series("meridian_edge_sockets", [], TO), legend: "{{to}}" }],
          runbook: "resync-storm",
        },
      ],
    },
  ],
};
