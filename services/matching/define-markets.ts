import type { Definitions } from "#shared/config/definitions.ts";
import type { Command } from "#shared/domain/command.ts";
import type { EngineState } from "#shared/domain/engine-state.ts";
import type { ShardId } from "#shared/domain/ids.ts";

/** The commands that bring a shard's assets and markets to what the configuration says; none where they already are. */
export function definitionCommands(definitions: Definitions, shard: ShardId, state: EngineState): Command[] {
  const names = new Set(definitions.shards.find(({ id }) => id === shard)?.markets);
  const markets = definitions.markets.filter(({ id }) => names.has(id));
  const used = new Set(markets.flatMap(({ base, quote }) => [base, quote]));
  const known = new Map([
    ...state.assets.map(({ asset }) => [`asset ${asset.id}`, JSON.stringify(asset)] as const),
    ...state.markets.map(({ market }) => [`market ${market.id}`, canonical(market)] as const),
  ]);
  const assetCommands = definitions.assets
    .filter((asset) => used.has(asset.id) && known.get(`asset ${asset.id}`) === undefined)
    .map((asset): Command => ({ kind: "DefineAsset", asset }));
  const marketCommands = markets
    .filter((market) => known.get(`market ${market.id}`) !== canonical(market))
    .map((market): Command => ({ kind: "DefineMarket", market }));
  return [...assetCommands, ...marketCommands];
}

/** Equal definitions give equal text, whatever the order of their fields. */
function canonical(definition: object): string {
  return JSON.stringify(Object.entries(definition).sort(([a], [b]) => (a < b ? -1 : 1)));
}
