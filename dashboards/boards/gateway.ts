import type { Board } from "../board.ts";
import { quantile, ratePer, series } from "../promql.ts";

const PROCESSES = 'service=~"gateway|matching"';

/** Utilisation, saturation and errors of the processes. */
export const GATEWAY: Board = {
  id: "gateway",
  title: "Meridian: gateways and their processes",
  description: "Utilisation, saturation, errors.",
  rows: [
    {
      title: "Requests",
      panels: [
        {
          id: "requests",
          title: "Which routes are asked for?",
          description: "Requests a second over HTTP.",
          unit: "reqps",
          queries: [
            {
              expr: `topk(10, ${ratePer("route", series("meridian_http_request_seconds_count"))})`,
              legend: "{{route}}",
            },
          ],
          runbook: "server-errors",
        },
        {
          id: "request-time",
          title: "Which routes are slow (p99)?",
          description: "From the first byte until the answer is written.",
          unit: "s",
          queries: [
            {
              expr: `topk(10, ${quantile(0.99, "route", series("meridian_http_request_seconds_bucket"))})`,
              legend: "{{route}}",
            },
          ],
          runbook: "order-acknowledged-burn-fast",
        },
        {
          id: "refusals",
          title: "With which codes are requests refused?",
          description:
            "docs/errors.md explains each. -1000 is a fault of the server; -1008 is admission control.",
          unit: "reqps",
          isOftenEmpty: true,
          queries: [
            { expr: ratePer("code, door", series("meridian_refusals_total")), legend: "{{code}} {{door}}" },
          ],
        },
      ],
    },
    {
      title: "Processes",
      panels: [
        {
          id: "event-loop",
          title: "How late are event loops (p99)?",
          description: "Everything that a process answers is late by so much.",
          unit: "s",
          limit: 0.1,
          queries: [
            {
              expr: series("nodejs_eventloop_delay_p99", ["region"], PROCESSES),
              legend: "{{service}} {{region}} {{zone}}",
            },
          ],
        },
        {
          id: "utilization",
          title: "How busy are event loops?",
          description: "1 is a core that is used up.",
          unit: "percentunit",
          limit: 0.9,
          queries: [
            {
              expr: series("nodejs_eventloop_utilization", ["region"], PROCESSES),
              legend: "{{service}} {{region}} {{zone}}",
            },
          ],
          runbook: "event-loop-lag",
        },
        {
          id: "heap",
          title: "How much heap is used?",
          description: "A rise that never falls back is a leak.",
          unit: "bytes",
          queries: [
            {
              expr: `sum by (service, region, zone) (${series("v8js_memory_heap_used", ["region"], PROCESSES)})`,
              legend: "{{service}} {{region}} {{zone}}",
            },
          ],
        },
        {
          id: "gc",
          title: "How much time goes to garbage collection?",
          description: "Seconds a second.",
          unit: "percentunit",
          queries: [
            {
              expr: ratePer("service, region, zone", series("v8js_gc_duration_sum", ["region"], PROCESSES)),
              legend: "{{service}} {{region}} {{zone}}",
            },
          ],
          runbook: "heap-growing",
        },
      ],
    },
  ],
};
