import type { Alert } from "./alert.ts";

/** What fills up before it overflows. */
export const SATURATION_ALERTS: readonly Alert[] = [
  {
    name: "OrdersRefused",
    severity: "page",
    expr: "max by (region, shard) (meridian_backpressure_level) >= 2",
    for: "1m",
    summary: "{{ $labels.region }} refuses new orders for {{ $labels.shard }}",
    description:
      "Clients are answered -1008 with Retry-After. Cancels are taken, and nothing that was taken is lost.",
    rationale:
      "Admission control refuses when the journal is two seconds behind; a minute of it is a store that does not recover.",
    panel: "order-path/backpressure",
  },
  {
    name: "JournalLag",
    severity: "ticket",
    expr: "max by (region, shard) (meridian_unjournaled_seconds) > 0.5",
    for: "5m",
    summary:
      "The journal of {{ $labels.shard }} in {{ $labels.region }} is {{ $value | humanizeDuration }} behind",
    description: "Answers are held back to slow clients down. At two seconds new orders are refused.",
    rationale: "From half a second on admission control slows; five minutes of it is no peak.",
    panel: "order-path/journal-lag",
  },
  {
    name: "OutboxGrowing",
    severity: "ticket",
    expr: "sum by (region, shard) (meridian_outbox_commands) > 1000",
    for: "5m",
    summary: "{{ $value }} commands wait in {{ $labels.region }} for the owner of {{ $labels.shard }}",
    description: "Clients see QUEUED orders. The outbox takes 10,000; what does not fit is refused.",
    rationale: "A tenth of what it takes, and five minutes in which it did not empty.",
    panel: "order-path/outbox",
  },
  {
    name: "QueueStuck",
    severity: "page",
    expr: 'max by (region, queue) (meridian_queue_oldest_seconds{state="waiting"}) > 300',
    for: "1m",
    summary: "{{ $labels.queue }} in {{ $labels.region }} is {{ $value | humanizeDuration }} behind",
    description:
      "Nobody who trades feels it. Statements, webhooks or whatever the consumer makes are late, and the queue has an end.",
    rationale: "A message is tried five times, half a minute apart; what is twice as old is not being tried.",
    panel: "ledger-integrity/queue-age",
  },
  {
    name: "DeadLetters",
    severity: "page",
    expr: 'max by (region, queue) (meridian_queue_messages{state="dead"}) > 0',
    summary: "{{ $labels.queue }} in {{ $labels.region }} gave up on {{ $value }} messages",
    description:
      "Each is a run of events of one market, of which the consumer has not done with one at least: the ledger's books lack it, or a client was not told. The others have had their effect; the consumer's log names what failed.",
    rationale: "Five tries have failed. None comes back by itself.",
    panel: "ledger-integrity/dead-letters",
  },
  {
    name: "EventLoopLag",
    severity: "ticket",
    expr: 'max by (service, region, zone) (nodejs_eventloop_delay_p99{service=~"gateway|matching"}) > 0.1',
    for: "5m",
    summary:
      "{{ $labels.service }} in {{ $labels.region }} {{ $labels.zone }}: its event loop is {{ $value | humanizeDuration }} late",
    description: "Everything that this process answers is late by so much.",
    rationale: "A gateway at its limit shows some ten ms; 100 ms is 40 % of what an order may take in all.",
    panel: "gateway/event-loop",
  },
  {
    name: "HeapGrowing",
    severity: "ticket",
    expr: 'sum by (service, region, zone) (v8js_memory_heap_used{service=~"gateway|matching"}) > 3e9',
    for: "10m",
    summary:
      "{{ $labels.service }} in {{ $labels.region }} {{ $labels.zone }} uses {{ $value | humanize1024 }}B of heap",
    description: "At its limit the process dies and folds its snapshot again.",
    rationale: "A million open orders need less than 400 MB; V8's limit on a 64-bit machine is about 4 GB.",
    panel: "gateway/heap",
  },
  {
    name: "ClientsTooSlow",
    severity: "ticket",
    expr: "sum by (region) (rate(meridian_socket_slow_disconnects_total[10m])) > 0.2",
    for: "5m",
    summary: "{{ $labels.region }} disconnects clients that do not keep up",
    description:
      "Pages reconnect and repair their feeds. Many at once are a network that is full, or messages that have grown.",
    rationale: "One in five seconds for ten minutes is more than a few bad lines.",
    panel: "client-experience/slow-clients",
  },
  {
    name: "ResyncStorm",
    severity: "ticket",
    expr: "sum by (region) (rate(meridian_socket_resyncs_total[5m])) > 10",
    for: "5m",
    summary: "{{ $labels.region }}: clients repair {{ $value }} feeds a second",
    description: "Each repair reads the journal. Feeds are losing messages, or connections do not last.",
    rationale: "A deployment makes every client repair its feeds once; five minutes are longer than that.",
    panel: "client-experience/resyncs",
  },
  {
    name: "ServerErrors",
    severity: "ticket",
    expr: 'sum by (region) (rate(meridian_refusals_total{code="-1000"}[10m])) > 0',
    for: "1m",
    summary: "{{ $labels.region }} answered -1000: a fault of the server",
    description: "A client met an error that nobody foresaw. The log has it whole, under request-failed.",
    rationale: "Every one is a bug.",
    panel: "gateway/refusals",
  },
];
