import type { ReconciliationMessage } from "#shared/protocol/reconciliation-messages.ts";
import type { RegionStatusMessage, ShardStatus } from "#shared/protocol/region-messages.ts";
import type { ShardBalance } from "#shared/protocol/socket.ts";

/** A Region as its pill shows it. */
export interface RegionLine {
  readonly region: string;
  readonly isUp: boolean;
  /** The Region that serves this page. */
  readonly isHome: boolean;
  readonly roundTripMs: number | null;
  /** How far home is behind what this Region owns, at worst; `null` where nobody can say, or where it owns nothing. */
  readonly lagMs: number | null;
  /** Markets that it owns. */
  readonly symbols: readonly string[];
}

/** The Regions as the page's own Region sees them, with what each owns. */
export function regionLines(standing: RegionStatusMessage): RegionLine[] {
  return standing.regions.map(({ region, health, roundTripMs }) => {
    const owned = standing.shards.filter(({ owner }) => owner === region);
    const lags = owned.flatMap(({ lagMs }) => (lagMs === null ? [] : [lagMs]));
    return {
      region,
      isUp: health === "up",
      isHome: region === standing.region,
      roundTripMs,
      lagMs: lags.length < owned.length || lags.length === 0 ? null : Math.max(...lags),
      symbols: owned.flatMap(({ symbols }) => symbols),
    };
  });
}

/** The shard of a market; `undefined` while nothing is known of it. */
export function shardOf(standing: RegionStatusMessage | undefined, symbol: string): ShardStatus | undefined {
  return standing?.shards.find(({ symbols }) => symbols.includes(symbol));
}

/** True while a fork of the shard is sealed, and what became of it not final yet: by this Region's own word of its forks, and by what all Regions are told of replays. */
export function isReconciling(
  shard: ShardStatus | undefined,
  reconciliations: readonly ReconciliationMessage[],
): boolean {
  if (shard === undefined) return false;
  return (
    shard.reconciling ||
    reconciliations.some((each) => each.shard === shard.shard && each.state === "replaying")
  );
}

/** Assets of which a part stands in a shard that may still be undone. */
export function provisionalAssets(
  standing: RegionStatusMessage | undefined,
  balances: readonly ShardBalance[],
): ReadonlySet<string> {
  const forks = new Set(standing?.shards.filter(({ provisional }) => provisional).map(({ shard }) => shard));
  return new Set(balances.filter(({ shard }) => forks.has(shard)).map(({ asset }) => asset));
}

/** What the banner says of admission control: the worst level, and all that waits in the outbox; `undefined` where there is nothing to say. */
export function pressureOf(
  standing: RegionStatusMessage | undefined,
): { readonly level: ShardStatus["backpressure"]; readonly queued: number } | undefined {
  const shards = standing?.shards ?? [];
  const has = (level: ShardStatus["backpressure"]) =>
    shards.some(({ backpressure }) => backpressure === level);
  const level = has("refusing") ? "refusing" : has("slow") ? "slow" : "ok";
  const queued = shards.reduce((sum, shard) => sum + shard.queued, 0);
  return level === "ok" && queued === 0 ? undefined : { level, queued };
}
