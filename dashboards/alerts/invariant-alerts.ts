import type { Alert } from "./alert.ts";

/** What must never happen: each pages at once, and stays until somebody has understood it. */
export const INVARIANT_ALERTS: readonly Alert[] = [
  {
    name: "ConservationBroken",
    severity: "page",
    expr: "max by (shard, asset) (abs(meridian_conservation_residual)) > 0",
    summary:
      "{{ $labels.asset }} on {{ $labels.shard }}: accounts hold {{ $value }} units more or less than came in",
    description:
      "Money was made or lost between the fold and a Region's view of it. What clients are shown cannot be trusted.",
    rationale:
      "Invariant 1 of the design: the residual is 0, always. There is no tolerable amount and no waiting.",
    panel: "ledger-integrity/conservation",
  },
  {
    name: "TwoOwners",
    severity: "page",
    expr: "sum by (shard) (meridian_shard_owned) > 1",
    for: "30s",
    summary: "{{ $value }} Regions are sure that they own {{ $labels.shard }}",
    description:
      "Two Regions answer orders as final. One of them is wrong, and its clients are told what will be taken back.",
    rationale:
      "Scrapes of two Regions are some seconds apart, so a planned move may show two for one scrape; 30 s outlasts two.",
    panel: "replication/owners",
  },
  {
    name: "NoOwner",
    severity: "page",
    // Where scrapes are further apart than that, the last one counts.
    expr: "(sum by (shard) (max_over_time(meridian_shard_owned[30s])) or sum by (shard) (meridian_shard_owned)) == 0",
    for: "15s",
    summary: "Nobody owns {{ $labels.shard }}",
    description: "Orders to its markets are queued or provisional everywhere.",
    rationale:
      "A takeover after a lost Region takes some seconds; after 45 s it is not going to happen by itself. It looks at 30 s at once, for on a busy machine leases end and begin again between two evaluations.",
    panel: "replication/owners",
  },
  {
    name: "TapeDivergence",
    severity: "page",
    expr: "max by (shard) (meridian_tape_divergences_total) > 0",
    summary: "Two folds of {{ $labels.shard }} came to different states",
    description:
      "The same commands gave different books or balances in two Regions. Nothing that the shard says can be trusted until it is known which one is right.",
    rationale:
      "Invariant 7: equal seq, equal digest. The counter is that of a process, so the alert stays until it is started anew.",
    panel: "replication/divergences",
  },
  {
    name: "UndecodableRecord",
    severity: "page",
    expr: "max by (shard) (meridian_undecodable_total) > 0",
    summary: "The log of {{ $labels.shard }} holds bytes that are no command",
    description:
      "The fold goes on, identically everywhere, but a command of somebody was lost or forged on its way into the log.",
    rationale:
      "A record that does not decode is damage, an attack or a version that is older than its log: each needs a person.",
    panel: "matching/undecodable",
  },
  {
    name: "UnrepairedGap",
    severity: "page",
    expr: "max by (region, shard) (meridian_feed_gaps_total) > 0",
    summary: "A feed of {{ $labels.shard }} in {{ $labels.region }} has a gap that nothing can fill",
    description:
      "A client came back and asked for what it had missed, and the journal lacks a part of it. It began anew from a snapshot: its orders and balances are right, its history is not.",
    rationale:
      "Invariant 8: every gap is repaired. A journal with a hole also feeds tables, archive and reconciliation. The counter is that of a process, so the alert stays until it is started anew.",
    panel: "client-experience/gaps",
  },
  {
    name: "NoTradesWhileOrdersFlow",
    severity: "page",
    expr: 'sum by (region) (rate(meridian_submissions_total{result="done"}[10m])) > 1 and sum by (region) (rate(meridian_trades_total[10m])) == 0',
    for: "5m",
    summary: "{{ $labels.region }} takes orders, and nothing trades",
    description:
      "Orders are acknowledged and none meets another: a market was left halted, prices are far apart, or matching is wrong.",
    rationale:
      "More than one command a second over ten minutes and no single trade does not happen in live markets.",
    panel: "matching/trades",
  },
  {
    name: "LedgerDiffers",
    severity: "page",
    expr: "max by (region, shard) (meridian_ledger_difference) > 0",
    summary: "The ledger of {{ $labels.region }} and the engine differ on {{ $labels.shard }}",
    description:
      "Statements and reports that are made of the ledger are wrong. Balances and trading are the engine's, and go on.",
    rationale:
      "The ledger is compared at seqs up to which it has heard of everything: there is no lag in a difference, and no tolerable amount.",
    panel: "ledger-integrity/ledger",
  },
  {
    name: "Watchdog",
    severity: "none",
    expr: "vector(1)",
    summary: "Alerts are evaluated and sent",
    description:
      "Fires always. Whoever receives it pages when it falls silent: then nobody would hear of anything else.",
    rationale: "An alert that cannot fire and one that need not look the same without it.",
    panel: "front-page/watchdog",
  },
];
