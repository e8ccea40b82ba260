/** How an alert's series behave in a test: quiet, then broken, then quiet again. Values in promtool's notation. */
export interface AlertCase {
  /** Between two values of a series. */
  readonly interval: string;
  readonly series: Readonly<Record<string, string>>;
  /**
   * How often rules are evaluated; every minute where nothing is said. Groups of rules are evaluated in no order, so what one records the other may read one
   * evaluation late; Prometheus looks back five minutes at most.
   */
  readonly evaluationInterval?: string;
  /** When it must be silent, fire, and be silent again. */
  readonly quietAt: string;
  readonly firesAt: string;
  readonly resolvedAt: string;
}

const SHARD = 'shard="crypto-1"';
const US = 'region="us-east-1"';
const EU = 'region="eu-west-1"';

/** A gauge that is `quiet` for ten minutes, `broken` for twenty, and `quiet` again. */
const gauge = (series: string, quiet: number | string, broken: number | string): AlertCase => ({
  interval: "1m",
  series: { [series]: `${quiet}x9 ${broken}x19 ${quiet}x29` },
  quietAt: "9m",
  firesAt: "25m",
  resolvedAt: "45m",
});

/** How an objective is broken: fast for two hours after eight good ones, or slowly for a day and a half after a good one. */
interface Burning
  extends Pick<AlertCase, "interval" | "evaluationInterval" | "quietAt" | "firesAt" | "resolvedAt"> {
  /** In steps of the interval. */
  readonly quietSteps: number;
  readonly badSteps: number;
  /** Events a step: two a second. */
  readonly events: number;
}
const FAST: Burning = {
  ...{ interval: "1m", quietSteps: 480, badSteps: 120, events: 120 },
  ...{ quietAt: "8h", firesAt: "9h30m", resolvedAt: "12h" },
};
const SLOW: Burning = {
  ...{ interval: "10m", quietSteps: 144, badSteps: 216, events: 1200 },
  ...{ evaluationInterval: "4m", quietAt: "1d", firesAt: "2d6h", resolvedAt: "3d" },
};

/** A counter that rises by `before` a step, then by `during`, then by `before` again. */
const counter = ({ quietSteps, badSteps }: Burning, before: number, during: number) => {
  const broken = quietSteps * before;
  const healed = broken + badSteps * during;
  return [
    `0+${before}x${quietSteps}`,
    `${broken + during}+${during}x${badSteps - 1}`,
    `${healed + before}+${before}x400`,
  ].join(" ");
};

const histogram = (name: string, labels: string, le: string) => ({
  total: `${name}_count{${labels}}`,
  good: `${name}_bucket{${labels},le="${le}"}`,
});
const order = histogram("meridian_order_seconds", `${US},stage="total",owner="here"`, "0.25");
const book = histogram("meridian_book_delta_seconds", `${US},market="BTCUSDT"`, "0.3");
const reconciled = histogram("meridian_reconciliation_seconds", `${US},${SHARD}`, "60");
/** A share of the events, 0 to 1, takes too long. */
const latency = (of: { total: string; good: string }, burning: Burning, share: number): AlertCase => ({
  ...burning,
  series: {
    [of.total]: counter(burning, burning.events, burning.events),
    [of.good]: counter(burning, burning.events, burning.events * (1 - share)),
  },
});

const DONE = `meridian_submissions_total{${US},${SHARD},result="done"}`;
const REFUSED = `meridian_submissions_total{${US},${SHARD},result="overloaded"}`;

/** A share of what is submitted is refused. */
const refused = (burning: Burning, share: number): AlertCase => ({
  ...burning,
  series: {
    [DONE]: counter(burning, burning.events, burning.events * (1 - share)),
    [REFUSED]: counter(burning, 0, burning.events * share),
  },
});

/** One of each alert, by its name. */
export const ALERT_CASES: Readonly<Record<string, AlertCase>> = {
  OrderAcknowledgedBurnFast: latency(order, FAST, 0.1),
  OrderAcknowledgedBurnSlow: latency(order, SLOW, 0.005),
  OrderEntryBurnFast: refused(FAST, 0.05),
  OrderEntryBurnSlow: refused(SLOW, 0.0025),
  BookDeltaBurnFast: latency(book, FAST, 0.2),
  BookDeltaBurnSlow: latency(book, SLOW, 0.025),
  ReconciledBurnFast: latency(reconciled, FAST, 0.25),
  ReconciledBurnSlow: latency(reconciled, SLOW, 0.05),
  ConservationBroken: gauge(`meridian_conservation_residual{${US},${SHARD},asset="BTC"}`, 0, -3),
  TwoOwners: {
    ...gauge(`meridian_shard_owned{${US},${SHARD}}`, 1, 1),
    series: {
      [`meridian_shard_owned{${US},${SHARD}}`]: "1x60",
      [`meridian_shard_owned{${EU},${SHARD}}`]: "0x9 1x19 0x29",
    },
  },
  NoOwner: gauge(`meridian_shard_owned{${US},${SHARD}}`, 1, 0),
  TapeDivergence: gauge(`meridian_tape_divergences_total{${EU},${SHARD}}`, 0, 1),
  LedgerDiffers: gauge(`meridian_ledger_difference{${US},${SHARD}}`, 0, 150),
  UndecodableRecord: gauge(`meridian_undecodable_total{${US},${SHARD}}`, 0, 1),
  UnrepairedGap: gauge(`meridian_feed_gaps_total{${US},${SHARD}}`, 0, 1),
  NoTradesWhileOrdersFlow: {
    interval: "1m",
    series: {
      [DONE]: "0+120x90",
      [`meridian_trades_total{${US},market="BTCUSDT"}`]: "0+30x19 570x30 570+30x40",
    },
    quietAt: "19m",
    firesAt: "40m",
    resolvedAt: "70m",
  },
  ProcessDown: gauge('up{job="meridian",process="us-east-1/a"}', 1, 0),
  StandbyMissing: gauge(`meridian_zones_connected{${US}}`, 2, 1),
  RegionUnreachable: gauge(`meridian_region_reachable{${US},peer="eu-west-1"}`, 1, 0),
  ForkOpen: gauge(`meridian_shard_provisional{${US},${SHARD}}`, 0, 1),
  ReconciliationStuck: gauge(`meridian_reconciliations_open{${US},${SHARD}}`, 0, 1),
  FinalityStalled: {
    interval: "1m",
    series: {
      [`meridian_final_seq{${US},${SHARD}}`]: "100+60x9 640x19 1900+60x29",
      [`meridian_folded_seq{${US},${SHARD}}`]: "101+60x60",
    },
    quietAt: "9m",
    firesAt: "25m",
    resolvedAt: "45m",
  },
  ReplicaLag: gauge(`meridian_replica_lag_seconds{${EU},${SHARD}}`, "0.3", 12),
  ZoneFailover: {
    interval: "1m",
    series: { [`meridian_zone_failovers_total{${US},reason="silent"}`]: "0x9 1x60" },
    quietAt: "9m",
    firesAt: "12m",
    resolvedAt: "40m",
  },
  OrdersRefused: gauge(`meridian_backpressure_level{${US},${SHARD}}`, 1, 2),
  JournalLag: gauge(`meridian_unjournaled_seconds{${US},${SHARD}}`, "0.1", "1.2"),
  OutboxGrowing: gauge(`meridian_outbox_commands{${US},${SHARD}}`, 10, 1500),
  QueueStuck: gauge(`meridian_queue_oldest_seconds{${US},queue="ledger",state="waiting"}`, 1, 900),
  DeadLetters: gauge(`meridian_queue_messages{${US},queue="ledger",state="dead"}`, 0, 3),
  EventLoopLag: gauge(`nodejs_eventloop_delay_p99{${US},service="gateway"}`, "0.012", "0.4"),
  HeapGrowing: gauge(
    `v8js_memory_heap_used{${US},service="gateway",v8js_heap_space_name="old_space"}`,
    1e9,
    35e8,
  ),
  ClientsTooSlow: {
    interval: "1m",
    series: { [`meridian_socket_slow_disconnects_total{${US}}`]: "0x9 30+30x29 900x40" },
    quietAt: "9m",
    firesAt: "35m",
    resolvedAt: "60m",
  },
  ResyncStorm: {
    interval: "1m",
    series: { [`meridian_socket_resyncs_total{${US},${SHARD}}`]: "0x9 1200+1200x29 36000x40" },
    quietAt: "9m",
    firesAt: "35m",
    resolvedAt: "60m",
  },
  ServerErrors: {
    interval: "1m",
    series: { [`meridian_refusals_total{${US},door="rest",code="-1000"}`]: "0x9 1+1x9 10x40" },
    quietAt: "9m",
    firesAt: "15m",
    resolvedAt: "45m",
  },
};
