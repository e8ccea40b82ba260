import type { Alert } from "./alert.ts";

/** Processes, Regions, links and forks. */
export const REGION_ALERTS: readonly Alert[] = [
  {
    name: "ProcessDown",
    severity: "page",
    expr: 'up{job="meridian"} == 0',
    for: "30s",
    summary: "{{ $labels.process }} does not answer scrapes",
    description:
      "A zone's process: the other zone goes on alone. A Region's process: its clients are taken to another Region, its shards fail over.",
    rationale:
      "A supervisor or ECS starts a process again within seconds; what is down for 30 s does not come back by itself.",
    panel: "failover/processes",
  },
  {
    name: "StandbyMissing",
    severity: "ticket",
    expr: "min by (region) (meridian_zones_connected) < 2",
    for: "2m",
    summary: "{{ $labels.region }} matches in {{ $value }} zone only",
    description: "Nobody feels it. The next loss of a zone stops matching in this Region.",
    rationale: "A zone's process is back and has folded its snapshot within a minute.",
    panel: "failover/zones",
  },
  {
    name: "RegionUnreachable",
    severity: "page",
    expr: "meridian_region_reachable == 0",
    for: "1m",
    summary: "{{ $labels.region }} does not reach {{ $labels.peer }}",
    description:
      "One link cut: traffic goes on, with one copy less of every log. Two links of a Region cut: it forks or halts, by market.",
    rationale: "Links flap for seconds; after a minute leases have run out and shards have moved.",
    panel: "replication/links",
  },
  {
    name: "ForkOpen",
    severity: "page",
    expr: "max by (region, shard) (meridian_shard_provisional) == 1",
    for: "1m",
    summary: "{{ $labels.region }}: what happens on {{ $labels.shard }} is provisional",
    description:
      "Its clients trade on a fork: fills may be taken back when the link heals. The longer it lasts, the more will be.",
    rationale:
      "A lease that is renewed late makes a shard provisional for a moment; a minute means that the majority is out of reach.",
    panel: "reconciliation/provisional",
  },
  {
    name: "ReconciliationStuck",
    severity: "page",
    expr: "max by (region, shard) (meridian_reconciliations_open) > 0",
    for: "5m",
    summary: "The replay of a fork of {{ $labels.shard }} does not end",
    description: "Traders see fills that are being reconciled and do not know what stands.",
    rationale: "The objective is 60 s; five times that is no load peak.",
    panel: "reconciliation/open",
  },
  {
    name: "FinalityStalled",
    severity: "page",
    expr: "max by (shard) (changes(meridian_final_seq[2m])) == 0 and max by (shard) (meridian_folded_seq - meridian_final_seq) > 0",
    for: "1m",
    summary: "Nothing of {{ $labels.shard }} has become final for two minutes",
    description:
      "Orders are acknowledged, but no majority holds them: transfers between shards and everything else that must be final wait.",
    rationale: "Ticks make the watermark advance several times a second, also without orders.",
    panel: "replication/finality",
  },
  {
    name: "ReplicaLag",
    severity: "ticket",
    expr: "max by (region, shard) (meridian_replica_lag_seconds) > 5",
    for: "2m",
    summary: "{{ $labels.region }} is {{ $value | humanizeDuration }} behind on {{ $labels.shard }}",
    description:
      "Its clients see old books and hear late of their orders; a takeover by this Region would first have to catch up.",
    rationale: "A healthy replica is a few hundred ms behind.",
    panel: "replication/lag",
  },
  {
    name: "ZoneFailover",
    severity: "ticket",
    expr: "sum by (region, reason) (increase(meridian_zone_failovers_total[15m])) > 0",
    summary: "{{ $labels.region }}: the other zone took over ({{ $labels.reason }})",
    description:
      "Orders froze for a moment. Once is what zones are for; again and again is a process that dies or starves.",
    rationale: "Each one has a cause worth knowing.",
    panel: "failover/zone-failovers",
  },
];
