import { type Definitions, defaultDefinitions } from "#shared/config/definitions.ts";
import type { ShardId } from "#shared/domain/ids.ts";
import { assert } from "#shared/domain/invariant.ts";

export const ONE_SHARD = "shard-1" as ShardId;

/** The configured markets in one shard: for what has nothing to do with how they are spread. */
export function oneShard(definitions: Definitions = defaultDefinitions()): Definitions {
  const [home] = definitions.regions;
  assert(home !== undefined, "there is a Region");
  const markets = definitions.markets.map(({ id }) => id);
  return { ...definitions, shards: [{ id: ONE_SHARD, home, markets }] };
}
