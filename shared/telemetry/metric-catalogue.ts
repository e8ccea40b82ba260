import { LATENCY_SECONDS, type MetricDefinition, RECOVERY_SECONDS } from "./metric-definition.ts";

/** What a gateway takes in and answers. */
const ORDER_METRICS = {
  meridian_http_request_seconds: {
    kind: "histogram",
    unit: "s",
    help: "Time to answer a request over HTTP, by route.",
    labels: ["method", "route", "status"],
    buckets: LATENCY_SECONDS,
  },
  meridian_order_seconds: {
    kind: "histogram",
    unit: "s",
    help: "Time of an order command in the intake, by stage: append (until the log holds it), outcome (until this Region's fold told), total (until the client can be answered); and by where the shard's owner was when it came: here, or elsewhere, across a link.",
    labels: ["shard", "stage", "owner"],
    buckets: LATENCY_SECONDS,
  },
  meridian_submissions_total: {
    kind: "counter",
    unit: "{command}",
    help: "Commands submitted by clients, by what they were answered: done, queued, or why not.",
    labels: ["shard", "result"],
  },
  meridian_refusals_total: {
    kind: "counter",
    unit: "{request}",
    help: "Requests answered with an error of the catalogue, by its code.",
    labels: ["door", "code"],
  },
  meridian_outbox_commands: {
    kind: "gauge",
    unit: "{command}",
    help: "Commands that wait in the outbox for their shard's owner.",
    labels: ["shard"],
  },
  meridian_backpressure_level: {
    kind: "gauge",
    unit: "1",
    help: "Admission control: 0 takes all, 1 holds answers back, 2 refuses new orders.",
    labels: ["shard"],
  },
  meridian_unjournaled_seconds: {
    kind: "gauge",
    unit: "s",
    help: "Age of the oldest outcome that is not in the journal yet.",
    labels: ["shard"],
  },
} as const satisfies Record<string, MetricDefinition>;

/** What a Region's fold of each shard tells. */
const MATCHING_METRICS = {
  meridian_commands_total: {
    kind: "counter",
    unit: "{command}",
    help: "Commands folded, those of the exchange's own among them.",
    labels: ["shard"],
  },
  meridian_trades_total: {
    kind: "counter",
    unit: "{trade}",
    help: "Trades, as this Region's fold gave them.",
    labels: ["market"],
  },
  meridian_rejections_total: {
    kind: "counter",
    unit: "{command}",
    help: "Commands that the fold rejected, by reason.",
    labels: ["shard", "reason"],
  },
  meridian_undecodable_total: {
    kind: "counter",
    unit: "{record}",
    help: "Records of the log that do not decode. Must be 0.",
    labels: ["shard"],
  },
  meridian_conservation_residual: {
    kind: "gauge",
    unit: "1",
    help: "What accounts hold minus what came into the shard and did not leave it, smallest units of the asset. Must be 0.",
    labels: ["shard", "asset"],
  },
  meridian_fold_batch_seconds: {
    kind: "histogram",
    unit: "s",
    help: "Time to fold one batch of commands in a zone.",
    labels: ["shard"],
    buckets: [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5],
  },
  meridian_zone_commands_total: {
    kind: "counter",
    unit: "{command}",
    help: "Commands folded in a zone.",
    labels: ["shard"],
  },
  meridian_zones_connected: {
    kind: "gauge",
    unit: "{zone}",
    help: "Matching zones at work for this Region: one publishes, the others stand by.",
    labels: [],
  },
  meridian_standby_lag_commands: {
    kind: "gauge",
    unit: "{command}",
    help: "Commands in the journal that the task that stands by has not folded yet; missing while nobody stands by. As deployed.",
    labels: ["shard"],
  },
  meridian_zone_failovers_total: {
    kind: "counter",
    unit: "{failover}",
    help: "How often the other zone went on publishing, and why the first one had not: its connection closed, or it fell silent.",
    labels: ["reason"],
  },
} as const satisfies Record<string, MetricDefinition>;

/** How shards stand in the Regions. */
const REGION_METRICS = {
  meridian_folded_seq: {
    kind: "gauge",
    unit: "{command}",
    help: "The last seq that this Region folded.",
    labels: ["shard"],
  },
  meridian_final_seq: {
    kind: "gauge",
    unit: "{command}",
    help: "The highest seq that is final, as this Region knows.",
    labels: ["shard"],
  },
  meridian_epoch: {
    kind: "gauge",
    unit: "1",
    help: "The epoch of the reign that this Region follows.",
    labels: ["shard"],
  },
  meridian_shard_owned: {
    kind: "gauge",
    unit: "1",
    help: "1 where this Region owns the shard and is sure of its lease. The sum over Regions must be 1.",
    labels: ["shard"],
  },
  meridian_lease_age_seconds: {
    kind: "gauge",
    unit: "s",
    help: "Time since the owner sent the last renewal of its lease that the register took; missing where the Region owns no shard.",
    labels: ["shard"],
  },
  meridian_shard_provisional: {
    kind: "gauge",
    unit: "1",
    help: "1 while what happens to the shard here may still be undone.",
    labels: ["shard"],
  },
  meridian_replica_lag_seconds: {
    kind: "gauge",
    unit: "s",
    help: "Time since the owner's log was heard of; 0 at the owner.",
    labels: ["shard"],
  },
  meridian_region_reachable: {
    kind: "gauge",
    unit: "1",
    help: "1 where the link to the other Region answers.",
    labels: ["peer"],
  },
  meridian_region_round_trip_seconds: {
    kind: "gauge",
    unit: "s",
    help: "Round trip to another Region; missing while it does not answer.",
    labels: ["peer"],
  },
  meridian_tape_divergences_total: {
    kind: "counter",
    unit: "{divergence}",
    help: "Two folds of the same commands with different digests. Must be 0.",
    labels: ["shard"],
  },
  meridian_reconciliations_open: {
    kind: "gauge",
    unit: "{fork}",
    help: "Forks whose replay has begun and is not final.",
    labels: ["shard"],
  },
  meridian_reconciliation_seconds: {
    kind: "histogram",
    unit: "s",
    help: "Time from the beginning of a fork's replay until it was final.",
    labels: ["shard"],
    buckets: RECOVERY_SECONDS,
  },
  meridian_reconciled_fills_total: {
    kind: "counter",
    unit: "{fill}",
    help: "Provisional fills with a final verdict: confirmed, or conflicted in whole or in part.",
    labels: ["shard", "verdict"],
  },
} as const satisfies Record<string, MetricDefinition>;

/** The event bus and what is behind it. */
const EVENT_METRICS = {
  meridian_queue_messages: {
    kind: "gauge",
    unit: "{message}",
    help: "Messages in a consumer's queue: waiting, in-flight, dead (given up on).",
    labels: ["queue", "state"],
  },
  meridian_queue_oldest_seconds: {
    kind: "gauge",
    unit: "s",
    help: "Age of the oldest message that is not done with, and of the oldest dead one; 0 where there is none.",
    labels: ["queue", "state"],
  },
  meridian_ledger_difference: {
    kind: "gauge",
    unit: "1",
    help: "All that differs between ledger and engine at the last check, smallest units, without signs. Must be 0.",
    labels: ["shard"],
  },
} as const satisfies Record<string, MetricDefinition>;

/** The live feeds. */
const SOCKET_METRICS = {
  meridian_socket_connections: {
    kind: "gauge",
    unit: "{connection}",
    help: "Clients connected to the gateway's Socket.IO.",
    labels: [],
  },
  meridian_book_delta_seconds: {
    kind: "histogram",
    unit: "s",
    help: "Time from hearing of a change of a book until it was sent to whoever follows the book.",
    labels: ["market"],
    buckets: LATENCY_SECONDS,
  },
  meridian_socket_buffered_bytes: {
    kind: "gauge",
    unit: "By",
    help: "What waits to be sent to the slowest client.",
    labels: [],
  },
  meridian_socket_resyncs_total: {
    kind: "counter",
    unit: "{resync}",
    help: "Feeds that a client asked to be repaired.",
    labels: ["shard"],
  },
  meridian_feed_gaps_total: {
    kind: "counter",
    unit: "{gap}",
    help: "Feeds that could not be repaired because the journal lacks what it had to have. Must be 0.",
    labels: ["shard"],
  },
  meridian_socket_slow_disconnects_total: {
    kind: "counter",
    unit: "{connection}",
    help: "Clients that were disconnected because they did not keep up.",
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>;

/** What pages measure and tell, where traders feel it. Anybody may tell such things: people look at them, nobody is woken by them. */
const CLIENT_METRICS = {
  meridian_client_order_seconds: {
    kind: "histogram",
    unit: "s",
    help: "From the click until the page had the order's status.",
    labels: [],
    buckets: LATENCY_SECONDS,
  },
  meridian_client_orders_total: {
    kind: "counter",
    unit: "{order}",
    help: "Orders that pages sent, by whether they got to know the outcome: answered, unanswered.",
    labels: ["result"],
  },
  meridian_client_silence_seconds: {
    kind: "histogram",
    unit: "s",
    help: "The longest time of each half minute that a page heard nothing from the gateway.",
    labels: [],
    buckets: [0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60],
  },
  meridian_client_load_seconds: {
    kind: "histogram",
    unit: "s",
    help: "From the navigation until a page's live feeds stood.",
    labels: [],
    buckets: [0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 20],
  },
  meridian_client_resyncs_total: {
    kind: "counter",
    unit: "{resync}",
    help: "Feeds that pages had to repair.",
    labels: [],
  },
  meridian_client_reconnects_total: {
    kind: "counter",
    unit: "{connection}",
    help: "Connections that pages had to make again.",
    labels: [],
  },
  meridian_client_script_errors_total: {
    kind: "counter",
    unit: "{error}",
    help: "Errors in pages that nothing caught.",
    labels: [],
  },
  meridian_client_reports_total: {
    kind: "counter",
    unit: "{report}",
    help: "Reports of pages that were taken.",
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>;

/** What is before the Regions where the platform runs by itself; on AWS that is CloudFront and Route 53, which have metrics of their own. */
const EDGE_METRICS = {
  meridian_edge_requests_total: {
    kind: "counter",
    unit: "{request}",
    help: "Requests that the edge took to a Region (none where no Region took clients), by what came of them: answered, refused (no Region left to ask), unknown (the Region died with it), broken off.",
    labels: ["to", "result"],
  },
  meridian_edge_failovers_total: {
    kind: "counter",
    unit: "{request}",
    help: "Requests and connections that one Region did not take and that went on to the next one, by the one that did not.",
    labels: ["from"],
  },
  meridian_edge_region_healthy: {
    kind: "gauge",
    unit: "1",
    help: "1 while the edge takes clients to the Region.",
    labels: ["to"],
  },
  meridian_edge_sockets: {
    kind: "gauge",
    unit: "{connection}",
    help: "WebSockets that the edge holds open to a Region.",
    labels: ["to"],
  },
} as const satisfies Record<string, MetricDefinition>;

/** What becomes of traces. */
const TRACE_METRICS = {
  meridian_spans_exported_total: {
    kind: "counter",
    unit: "{span}",
    help: "Spans of traces that the collector took.",
    labels: [],
  },
  meridian_traces_not_followed_total: {
    kind: "counter",
    unit: "{trace}",
    help: "Traces of commands that end with the request, since more came in a second than are followed behind it.",
    labels: [],
  },
  meridian_spans_dropped_total: {
    kind: "counter",
    unit: "{span}",
    help: "Spans of wanted traces that were lost: too many held (full), too many to be kept (budget), or the collector did not take them (failed).",
    labels: ["reason"],
  },
} as const satisfies Record<string, MetricDefinition>;

/** What is done to the platform on purpose. */
const EXPERIMENT_METRICS = {
  meridian_experiment_running: {
    kind: "gauge",
    unit: "1",
    help: "1 while an experiment disturbs the platform, from the moment it is hurt until everything has come back; then 0.",
    labels: ["experiment"],
  },
} as const satisfies Record<string, MetricDefinition>;

/**
 * Every metric of Meridian, by the name under which Prometheus stores it. Each carries besides its labels those of the process that records it:
 * `service`, `region`, `zone`. Dashboards, alerts and docs/metrics.md are made from this list.
 */
export const METRICS = {
  ...ORDER_METRICS,
  ...MATCHING_METRICS,
  ...REGION_METRICS,
  ...EVENT_METRICS,
  ...SOCKET_METRICS,
  ...CLIENT_METRICS,
  ...EDGE_METRICS,
  ...TRACE_METRICS,
  ...EXPERIMENT_METRICS,
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;
export type LabelsOf<N extends MetricName> = Readonly<Record<(typeof METRICS)[N]["labels"][number], string>>;
type OfKind<K> = { [N in MetricName]: (typeof METRICS)[N]["kind"] extends K ? N : never }[MetricName];
export type CounterName = OfKind<"counter">;
export type GaugeName = OfKind<"gauge">;
export type HistogramName = OfKind<"histogram">;
