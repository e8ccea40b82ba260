import type { AccountId } from "#shared/domain/ids.ts";
import type { OrderStory } from "#test/property/stream-orders.ts";
import { settingFrom } from "#test/property/stream-setting.ts";
import type { Auditor } from "#test/simulation/audit/auditor.ts";
import type { SimulatedRandom } from "#test/simulation/chance/simulated-random.ts";
import type { Cluster } from "#test/simulation/cluster.ts";
import type { Scenario } from "#test/simulation/scenario.ts";
import { EPOCH } from "#test/simulation/time/virtual-clock.ts";
import type { VirtualTime } from "#test/simulation/time/virtual-time.ts";
import type { Trace } from "#test/simulation/trace.ts";
import { Trader, type TradingPlace } from "./trader.ts";

interface CrowdSurroundings {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly auditor: Auditor;
  readonly cluster: Cluster;
}

/** All traders of a run. They share a taste (what kinds of orders there are in this run), and each has a mind of its own. */
export function createTraders(
  { time, trace, auditor, cluster }: CrowdSurroundings,
  scenario: Scenario,
  random: SimulatedRandom,
): Trader[] {
  const setting = settingFrom(random.split("taste"));
  const places = placesOf(scenario);
  const weather = { delayMs: random.pick([10, 40]), lostPerMille: random.pick([0, 5, 30]) };
  const around = {
    time,
    trace,
    places,
    weather,
    regions: scenario.regions,
    running: (region: Parameters<Cluster["running"]>[0]) => cluster.running(region),
    witness: auditor,
  };
  const meanPauseMs = (1000 * scenario.accounts.length) / scenario.actionsPerSecond;
  return scenario.accounts.map((account: AccountId) => {
    const story: OrderStory = { setting, placed: [], nextId: 0, now: EPOCH };
    return new Trader(
      account,
      random.split(`trader ${account}`),
      around,
      { account, story, placed: [], orders: 0 },
      meanPauseMs,
    );
  });
}

/** Deposits for everybody at every shard: plenty for some, and for others so little that they soon have none. */
export function fundAll(traders: readonly Trader[], scenario: Scenario): void {
  for (const [at, trader] of traders.entries()) {
    const lots = at % 4 < 2 ? 100_000 : at % 4 === 2 ? 300 : 20;
    for (const { shard, assets } of placesByShard(scenario))
      for (const asset of assets) {
        const amount = asset === "QQQ" ? 100 * lots : lots;
        const account = scenario.accounts[at] as AccountId;
        trader.begin(shard, () => ({ kind: "Deposit", account, asset, amount }));
      }
  }
}

/** Each Region still takes commands for each shard. */
export function probeAll(traders: readonly Trader[], scenario: Scenario): void {
  for (const [at, trader] of traders.entries())
    for (const { shard, assets } of placesByShard(scenario)) {
      const [asset, account] = [assets[0], scenario.accounts[at] as AccountId];
      if (asset !== undefined) trader.begin(shard, () => ({ kind: "Deposit", account, asset, amount: 1 }));
    }
}

function placesOf({ definitions }: Scenario): TradingPlace[] {
  return definitions.shards.flatMap(({ id, markets }) => {
    const own = definitions.markets.filter((market) => markets.includes(market.id));
    const assets = [...new Set(own.flatMap(({ base, quote }) => [base, quote]))];
    // The first market of a shard has most of the trade.
    return own.flatMap((market, at) => {
      const place = { market: market.id, shard: id, assets };
      return at === 0 ? [place, place, place] : [place];
    });
  });
}

function placesByShard(scenario: Scenario): TradingPlace[] {
  const places = placesOf(scenario);
  return scenario.definitions.shards.flatMap(({ id }) => places.find(({ shard }) => shard === id) ?? []);
}
