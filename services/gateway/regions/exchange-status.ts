import type { ShardId } from "#shared/domain/ids.ts";
import type { RegionStatusMessage, ShardStatus } from "#shared/protocol/region-messages.ts";
import type { BackpressureLevel } from "../intake/admission.ts";
import type { RouteState } from "../intake/shard-route.ts";
import type { ExchangeView } from "../views/exchange-view.ts";
import type { RegionStatusSource, ShardFinality } from "./region-status-source.ts";

/** What the intake knows of a shard. */
export interface IntakeStatus {
  readonly route: RouteState;
  readonly backpressure: BackpressureLevel;
  /** Commands that wait in the outbox. */
  readonly queued: number;
}

export interface ExchangeStatusDependencies {
  readonly source: RegionStatusSource;
  readonly view: ExchangeView;
  readonly intakeOf: (shard: ShardId) => IntakeStatus | undefined;
  readonly finality: ReadonlyMap<ShardId, ShardFinality>;
}

/** How Regions and shards stand, as this Region sees them: what `/meridian/v1/regions` answers and `region` messages tell. */
export class ExchangeStatus {
  readonly source: RegionStatusSource;
  readonly #dependencies: ExchangeStatusDependencies;

  constructor(dependencies: ExchangeStatusDependencies) {
    this.source = dependencies.source;
    this.#dependencies = dependencies;
  }

  now(): RegionStatusMessage {
    const { source, view } = this.#dependencies;
    const regions = source.regions();
    const up = regions.filter(({ isUp }) => isUp).length;
    return {
      region: source.self,
      isPartitioned: up <= Math.floor(regions.length / 2),
      regions: regions.map(({ region, isUp, roundTripMs }) => ({
        region,
        health: isUp ? "up" : "unreachable",
        roundTripMs: roundTripMs ?? null,
      })),
      shards: view.shards.map(({ shard }) => this.#shard(shard)),
    };
  }

  shards(): readonly ShardId[] {
    return this.#dependencies.view.shards.map(({ shard }) => shard);
  }

  /** A shard by its name. */
  find(name: string): ShardId | undefined {
    return this.#dependencies.view.shard(name)?.shard;
  }

  #shard(shard: ShardId): ShardStatus {
    const { source, view, intakeOf, finality } = this.#dependencies;
    const { owner, epoch } = source.ownershipOf(shard);
    const own = view.shard(shard);
    const intake = intakeOf(shard);
    return {
      shard,
      symbols: own?.markets().map(({ id }) => id) ?? [],
      owner,
      epoch,
      branch: own?.branch ?? "",
      route: intake?.route.kind ?? "unreachable",
      provisional: own?.provisionalAfter !== undefined,
      reconciling: source.isReconciling(shard),
      lagMs: source.lagMs(shard) ?? null,
      seq: own?.seq ?? 0,
      finalSeq: finality.get(shard)?.finalSeq ?? 0,
      backpressure: intake?.backpressure ?? "ok",
      queued: intake?.queued ?? 0,
    };
  }
}
