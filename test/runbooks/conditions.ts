import { lateOf, lateOrders, type Sample, type Scrape } from "./samples.ts";
import type { Stage } from "./stage.ts";
import { isWatchdogHeard } from "./states/silent-watchdog.ts";
import { isReplaying, late } from "./states/unfinished-replay.ts";

/** True while what an alert's rule asks for is so: its expression without the times that tests do not wait for. */
export type Condition = (scrapes: readonly Scrape[], stage: Stage) => boolean | Promise<boolean>;

/** Alerts of what has happened, which stay for a while after it is mended. */
export const STAYS: ReadonlySet<string> = new Set([
  "ZoneFailover",
  "TapeDivergence",
  "OrderAcknowledgedBurnFast",
  "OrderAcknowledgedBurnSlow",
  "BookDeltaBurnFast",
  "BookDeltaBurnSlow",
  "ReconciledBurnFast",
  "ReconciledBurnSlow",
  "UndecodableRecord",
  "ClientsTooSlow",
  "ResyncStorm",
  "ServerErrors",
]);

const all = (scrapes: readonly Scrape[], name: string) =>
  scrapes.flatMap(({ samples = [] }) => samples.filter((sample) => sample.name === name));
const some =
  (name: string, holds: (value: number, labels: Sample["labels"]) => boolean): Condition =>
  (scrapes) =>
    all(scrapes, name).some(({ value, labels }) => holds(value, labels));

/** Of each shard, how many say that they own it. */
function owners(scrapes: readonly Scrape[]): number[] {
  const counts = new Map<string, number>();
  for (const { labels, value } of all(scrapes, "meridian_shard_owned"))
    counts.set(labels.shard ?? "", (counts.get(labels.shard ?? "") ?? 0) + value);
  return [...counts.values()];
}

/** Of all its spaces, bytes. */
function heapOf(scrape: Scrape): number {
  return all([scrape], "v8js_memory_heap_used").reduce((sum, { value }) => sum + value, 0);
}

/** By alert. Thresholds that take minutes or thousands of orders to reach are lower here, and say so. */
export const CONDITIONS: Readonly<Record<string, Condition>> = {
  NoOwner: (scrapes) => owners(scrapes).some((count) => count === 0),
  TwoOwners: (scrapes) => owners(scrapes).some((count) => count > 1),
  ConservationBroken: some("meridian_conservation_residual", (value) => value !== 0),
  UndecodableRecord: some("meridian_undecodable_total", (value) => value > 0),
  UnrepairedGap: some("meridian_feed_gaps_total", (value) => value > 0),
  // It fires always: what its page is for is that it does not.
  Watchdog: async (_scrapes, stage) => !(await isWatchdogHeard(stage)),
  // A minute, of a share of an hour's or of days' forks: here, one that took longer than five seconds.
  ReconciledBurnFast: (scrapes) => late(scrapes) > 0,
  ReconciledBurnSlow: (scrapes) => late(scrapes) > 0,
  // Five minutes: here, at all.
  ReconciliationStuck: (scrapes) => scrapes.some((scrape) => isReplaying(scrape)),
  // One in five seconds for ten minutes: here, one.
  ClientsTooSlow: some("meridian_socket_slow_disconnects_total", (value) => value > 0),
  // Three gigabytes: here, so much more than any process of a platform that is well has.
  HeapGrowing: (scrapes) => scrapes.some((scrape) => heapOf(scrape) > 250_000_000),
  ForkOpen: some("meridian_shard_provisional", (value) => value === 1),
  RegionUnreachable: some("meridian_region_reachable", (value) => value === 0),
  // In no Region is all of it final.
  FinalityStalled: (scrapes) => {
    const final = all(scrapes, "meridian_final_seq").filter(({ labels }) => labels.shard === "crypto-1");
    const folded = all(scrapes, "meridian_folded_seq").filter(({ labels }) => labels.shard === "crypto-1");
    const finalSeq = Math.max(...final.map(({ value }) => value));
    return folded.length > 0 && folded.every(({ value }) => value > finalSeq);
  },
  ReplicaLag: some("meridian_replica_lag_seconds", (value) => value > 5),
  ProcessDown: (scrapes) => scrapes.some(({ samples }) => samples === undefined),
  ZoneFailover: some("meridian_zone_failovers_total", (value) => value > 0),
  OrdersRefused: some("meridian_backpressure_level", (value) => value >= 2),
  JournalLag: some("meridian_unjournaled_seconds", (value) => value > 0.5),
  // 0.05 % of an hour's orders: here, that some are refused.
  OrderEntryBurnFast: some("meridian_backpressure_level", (value) => value >= 2),
  OrderEntryBurnSlow: some("meridian_backpressure_level", (value) => value >= 2),
  // A share of an hour's orders, and ten at least: here, that ten were late.
  OrderAcknowledgedBurnFast: (scrapes) => lateOrders(scrapes) >= 10,
  OrderAcknowledgedBurnSlow: (scrapes) => lateOrders(scrapes) >= 10,
  // A share of an hour's changes: here, that one was late.
  BookDeltaBurnFast: (scrapes) => lateOf(scrapes, "meridian_book_delta_seconds", "0.3") > 0,
  BookDeltaBurnSlow: (scrapes) => lateOf(scrapes, "meridian_book_delta_seconds", "0.3") > 0,
  EventLoopLag: some("nodejs_eventloop_delay_p99", (value) => value > 0.1),
  StandbyMissing: some("meridian_zones_connected", (value) => value < 2),
  // Ten a second for five minutes: here, what five seconds of it come to.
  ResyncStorm: some("meridian_socket_resyncs_total", (value) => value >= 50),
  ServerErrors: some("meridian_refusals_total", (value, { code }) => code === "-1000" && value > 0),
  // More than 1000: here, that one waits.
  OutboxGrowing: some("meridian_outbox_commands", (value) => value > 0),
  // Five minutes: here, five seconds.
  QueueStuck: some("meridian_queue_oldest_seconds", (value, { state }) => state === "waiting" && value > 5),
  DeadLetters: some("meridian_queue_messages", (value, { state }) => state === "dead" && value > 0),
  LedgerDiffers: some("meridian_ledger_difference", (value) => value > 0),
  TapeDivergence: some("meridian_tape_divergences_total", (value) => value > 0),
  // Ten minutes of orders without a trade: here, that a market is halted.
  NoTradesWhileOrdersFlow: async (_scrapes, { ops }) => /BTCUSDT\s+HALT/.test((await ops("markets")).output),
};
