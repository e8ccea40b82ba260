import type { Definitions } from "#shared/config/definitions.ts";
import type { Asset } from "#shared/domain/asset.ts";
import type { AccountId, AssetId, MarketId, RegionId, ShardId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import { wideMarket } from "#test/property/stream-setting.ts";
import type { SimulatedRandom } from "./chance/simulated-random.ts";

export const REGIONS = ["us-east-1", "eu-west-1", "ap-northeast-1"].map((id) => id as RegionId);

const FIRST = "us-east-1" as RegionId;

/** What a seed decides before anything happens: who is there, what is traded, and how rough it gets. */
export interface Scenario {
  readonly seed: number;
  readonly regions: readonly RegionId[];
  readonly definitions: Definitions;
  readonly accounts: readonly AccountId[];
  /** Of all clients together; about three of four bring new orders. */
  readonly actionsPerSecond: number;
  /** How long clients trade under faults, in simulated seconds; then all heals and must come to rest. */
  readonly seconds: number;
  /** Of a thousand records, so many leave a gap of positions in a log. */
  readonly gapPerMille: number;
  /** Each Region folds in two zones, processes of their own, and not in the one that keeps its stores. */
  readonly hasZones: boolean;
  /** Whether faults are aimed at moments, beside those that are drawn at any time or instead of them. */
  readonly aim: "none" | "also" | "only";
  readonly snapshotCommands: number;
  /** How far a shard's time lags behind its owner's clock while commands flow, ms. */
  /** How long a tick by which nothing happened waits for others before the journal is written. */
  readonly quietMs: number;
  readonly tickMs: number;
  /** How often a Region's zones say that they live, and how often it asks the others how they are, ms. */
  readonly beatMs: number;
  readonly contactEveryMs: number;
  /** How often a Region looks how a shard stands: safety must not depend on it. */
  readonly lookMs: number;
  /** How many reigns the register's record keeps: few, so that Regions that were away have missed more. */
  readonly maxSpans: number;
  /** How many commands of a fork are on their way at a time: few, so that small forks take several turns too. */
  readonly replayWindow: number;
}

export interface ScenarioOptions {
  readonly regions: number;
  readonly shards: number;
  readonly seconds: number;
}

export function scenarioOf(seed: number, random: SimulatedRandom, options: ScenarioOptions): Scenario {
  const draw = random.split("scenario");
  const pace = random.split("pace");
  const regions = REGIONS.slice(0, options.regions);
  const policies = ["match-locally", "match-locally", "halt"] as const;
  const fees = draw.pick([
    { makerFeePpm: 0, takerFeePpm: 0 },
    { makerFeePpm: 10_000, takerFeePpm: 20_000 },
  ]);
  const ids = ["AAAQQQ", "BBBQQQ", "CCCQQQ", "DDDQQQ"].slice(0, 2 * options.shards) as MarketId[];
  const markets = ids.map(
    (id, at): Market => ({
      ...wideMarket(id, { ...fees, basePerLot: draw.pick([1, 7]), quotePerTickLot: draw.pick([1, 3]) }),
      partitionPolicy: at === 0 ? "match-locally" : draw.pick(policies),
    }),
  );
  const shards = Array.from({ length: options.shards }, (_, at) => ({
    id: `shard-${at + 1}` as ShardId,
    markets: ids.slice(2 * at, 2 * at + 2),
    home: regions[at % regions.length] ?? FIRST,
  }));
  return {
    seed,
    regions,
    definitions: { regions, assets: assetsOf(markets), markets, shards },
    accounts: Array.from({ length: 24 }, (_, at) => (at + 1) as AccountId),
    actionsPerSecond: draw.between(6, 7),
    seconds: options.seconds,
    gapPerMille: draw.perMille(300) ? 30 : 0,
    hasZones: random.split("zones").perMille(250),
    aim: random.split("aim").pick(["none", "none", "also", "only"]),
    snapshotCommands: draw.pick([40, 150, 600]),
    // As often as in production in some runs; seldom in most, for looking takes the time of more runs.
    lookMs: draw.pick([50, 300, 300, 600, 600, 1000, 1000]),
    replayWindow: draw.pick([1, 2, 64]),
    maxSpans: draw.pick([2, 4, 64]),
    tickMs: Math.max(draw.pick([50, 250, 250]), pace.pick([50, 250, 1000, 1000])),
    beatMs: pace.pick([50, 150, 150]),
    contactEveryMs: pace.pick([500, 2000, 2000]),
    quietMs: random.split("quiet").pick([10, 10, 3000]),
  };
}

function assetsOf(markets: readonly Market[]): Asset[] {
  const ids = new Set<AssetId>(markets.flatMap(({ base, quote }) => [base, quote]));
  return [...ids].map((id) => ({ id, scale: 3 }));
}
