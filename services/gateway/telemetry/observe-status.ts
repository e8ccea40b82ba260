import type { ShardId } from "#shared/domain/ids.ts";
import type { GaugeName } from "#shared/telemetry/metric-catalogue.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import { BACKPRESSURE_LEVELS } from "../intake/admission.ts";
import type { ExchangeStatus } from "../regions/exchange-status.ts";

export interface ObservedStatus {
  readonly status: ExchangeStatus;
  /** Whether this Region owns a shard and is sure of it. */
  readonly isOwned: (shard: ShardId) => boolean;
  /** The age of a shard's oldest outcome that is not in the journal yet, ms. */
  readonly unjournaledMs: (shard: ShardId) => number;
}

type ShardGauge = Extract<
  GaugeName,
  | `meridian_${"folded_seq" | "final_seq" | "epoch" | "shard_owned" | "shard_provisional"}`
  | `meridian_${"replica_lag_seconds" | "outbox_commands" | "backpressure_level" | "unjournaled_seconds"}`
>;

/** Shows how Regions and shards stand, as `/meridian/v1/regions` does, whenever somebody scrapes. */
export function observeStatus({ status, isOwned, unjournaledMs }: ObservedStatus, metrics: Metrics): void {
  const now = () => status.now();
  type Shard = ReturnType<typeof now>["shards"][number];
  const ofShards = (name: ShardGauge, read: (shard: Shard) => number | null) =>
    metrics.observe(name, () =>
      now().shards.flatMap((shard) => {
        const value = read(shard);
        return value === null ? [] : [{ value, labels: { shard: shard.shard } }];
      }),
    );
  ofShards("meridian_folded_seq", ({ seq }) => seq);
  ofShards("meridian_final_seq", ({ finalSeq }) => finalSeq);
  ofShards("meridian_epoch", ({ epoch }) => epoch);
  ofShards("meridian_shard_owned", ({ shard }) => Number(isOwned(shard as ShardId)));
  ofShards("meridian_shard_provisional", ({ provisional }) => Number(provisional));
  ofShards("meridian_replica_lag_seconds", ({ lagMs }) => (lagMs === null ? null : lagMs / 1000));
  ofShards("meridian_outbox_commands", ({ queued }) => queued);
  ofShards("meridian_backpressure_level", ({ backpressure }) => BACKPRESSURE_LEVELS.indexOf(backpressure));
  ofShards("meridian_unjournaled_seconds", ({ shard }) => unjournaledMs(shard as ShardId) / 1000);
  metrics.observe("meridian_region_reachable", () =>
    now().regions.map(({ region, health }) => ({
      value: Number(health === "up"),
      labels: { peer: region },
    })),
  );
  metrics.observe("meridian_region_round_trip_seconds", () =>
    now().regions.flatMap(({ region, roundTripMs }) =>
      roundTripMs === null ? [] : [{ value: roundTripMs / 1000, labels: { peer: region } }],
    ),
  );
}
