import type { Board } from "../board.ts";
import { series } from "../promql.ts";

const byShard = (name: Parameters<typeof series>[0]) => series(name, ["region", "shard"]);

/** Who owns what, and how far the others are. */
export const REPLICATION: Board = {
  id: "replication",
  title: "Meridian: replication and ownership",
  description: "Owners, epochs, links, lag, finality and compared digests.",
  rows: [
    {
      title: "Ownership",
      panels: [
        {
          id: "owners",
          title: "How many Regions own each shard?",
          description: "1, always. 0: nobody takes its orders. 2: one of them is wrong.",
          unit: "short",
          limit: 2,
          // Over all Regions, whatever is chosen: a sum over some of them says nothing.
          queries: [
            { expr: `sum by (shard) (${series("meridian_shard_owned", ["shard"])})`, legend: "{{shard}}" },
          ],
        },
        {
          id: "owner",
          title: "Which Region owns each shard?",
          description: "1 at the owner. A step is a takeover or a planned move.",
          unit: "short",
          queries: [{ expr: byShard("meridian_shard_owned"), legend: "{{shard}} {{region}}" }],
          runbook: "no-owner",
        },
        {
          id: "leases",
          title: "How old is each owner's lease?",
          description:
            "Renewed at a third of it: up to 1 s, as deployed 3 s. From 2.4 s (7.2 s) on the owner is not sure of it, from 4.5 s (13.5 s) on another Region takes the shard.",
          unit: "s",
          queries: [{ expr: byShard("meridian_lease_age_seconds"), legend: "{{shard}} {{region}}" }],
          runbook: "no-owner",
        },
        {
          id: "epochs",
          title: "How often did ownership move?",
          description: "The epoch of each shard rises by one with every move.",
          unit: "short",
          queries: [{ expr: `max by (shard) (${byShard("meridian_epoch")})`, legend: "{{shard}}" }],
          runbook: "no-owner",
        },
      ],
    },
    {
      title: "Links and lag",
      panels: [
        {
          id: "links",
          title: "Which Regions reach each other?",
          description: "1: the link answers.",
          unit: "short",
          queries: [{ expr: series("meridian_region_reachable"), legend: "{{region}} → {{peer}}" }],
        },
        {
          id: "round-trip",
          title: "How long is the way to another Region?",
          description: "Round trip over the link. A gap is a link that does not answer.",
          unit: "s",
          queries: [{ expr: series("meridian_region_round_trip_seconds"), legend: "{{region}} → {{peer}}" }],
          runbook: "region-unreachable",
        },
        {
          id: "lag",
          title: "How far is each replica behind?",
          description: "Seconds since the owner's log was heard of; 0 at the owner.",
          unit: "s",
          limit: 5,
          queries: [{ expr: byShard("meridian_replica_lag_seconds"), legend: "{{shard}} {{region}}" }],
        },
      ],
    },
    {
      title: "Finality and digests",
      panels: [
        {
          id: "finality",
          title: "How many commands are folded and not final yet?",
          description: "What a majority does not hold. It must come back to a few at once.",
          unit: "short",
          queries: [
            {
              expr: `${byShard("meridian_folded_seq")} - ${byShard("meridian_final_seq")}`,
              legend: "{{shard}} {{region}}",
            },
          ],
        },
        {
          id: "divergences",
          title: "Did two folds of the same commands differ?",
          description: "Must be 0.",
          unit: "short",
          kind: "stat",
          limit: 1,
          queries: [
            {
              expr: `sum(${byShard("meridian_tape_divergences_total")}) or vector(0)`,
              legend: "divergences",
            },
          ],
        },
      ],
    },
  ],
};
