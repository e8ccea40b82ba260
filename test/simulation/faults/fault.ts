import type { MarketId, ShardId } from "#shared/domain/ids.ts";
import type { SimulatedRandom } from "#test/simulation/chance/simulated-random.ts";
import type { Cluster } from "#test/simulation/cluster.ts";
import type { VirtualTime } from "#test/simulation/time/virtual-time.ts";
import type { Moments } from "./aimed/moments.ts";

/** What a fault may reach. */
export interface FaultSurroundings {
  readonly cluster: Cluster;
  readonly random: SimulatedRandom;
  readonly time: VirtualTime;
  /** What happens, for whoever lies in wait for it. */
  readonly moments: Moments;
  readonly shards: readonly ShardId[];
  readonly hasZones: boolean;
  readonly markets: readonly { readonly shard: ShardId; readonly market: MarketId }[];
  /** What goes wrong in this run ends by itself after this mean time, ms. */
  readonly meanDurationMs: number;
}

/** One way in which things go wrong. */
export interface Fault {
  readonly name: string;
  /** How often, against the others. */
  readonly weight: number;
  /** Only where there are so many Regions. */
  readonly leastRegions: number;
  /** Brings it about; gives what ends it, and in words where it happens. */
  begin(around: FaultSurroundings): { readonly where: string; end(): void };
}
