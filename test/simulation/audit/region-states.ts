import type { RegionId, ShardId } from "#shared/domain/ids.ts";
import type { ReadState, SimulatedRegion } from "#test/simulation/simulated-region.ts";

/** The state of each shard as one Region has it. */
export interface RegionStates {
  readonly region: RegionId;
  readonly shards: ReadonlyMap<ShardId, ReadState>;
}

export function statesOf(
  regions: readonly SimulatedRegion[],
  shards: readonly { readonly id: ShardId }[],
): Promise<readonly RegionStates[]> {
  return Promise.all(
    regions.map(async ({ region, standOf }) => {
      const read = await Promise.all(shards.map(async ({ id }) => [id, await standOf(id)?.read()] as const));
      const known = read.flatMap(([id, state]) => (state === undefined ? [] : [[id, state] as const]));
      return { region, shards: new Map(known) };
    }),
  );
}

/** True if all Regions were read at the same place of each shard's tape. */
export function isOfOnePlace(states: readonly RegionStates[]): boolean {
  const places = states.map(({ shards }) =>
    [...shards.values()].map(({ state }) => `${state.branch} ${state.seq}`).join(", "),
  );
  return places.every((place) => place === places[0]);
}
