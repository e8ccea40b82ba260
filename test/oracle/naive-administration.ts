import type { DefineAsset, DefineMarket, Deposit, SetMarketState, Withdraw } from "#shared/domain/command.ts";
import type { AssetState } from "#shared/domain/engine-state.ts";
import type { AssetId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import { uncross } from "./naive-auction.ts";
import { freeOf, move } from "./naive-money.ts";
import { workOffQueue } from "./naive-turns.ts";
import { demand, isCount, isPositive, type Mutable, marketOf, Refusal, type World } from "./naive-world.ts";

export function deposit(world: World, { account, asset, amount }: Deposit): void {
  const entry = assetOf(world, asset);
  demand(isPositive(account) && isPositive(amount), "malformed-amount");
  demand(BigInt(entry.supply) + BigInt(amount) <= BigInt(Number.MAX_SAFE_INTEGER), "supply-exceeded");
  entry.supply += amount;
  move(world, account, asset, BigInt(amount), 0n);
  world.events.push({ kind: "Deposited", account, asset, amount });
}

export function withdraw(world: World, { account, asset, amount }: Withdraw): void {
  const entry = assetOf(world, asset);
  demand(isPositive(account) && isPositive(amount), "malformed-amount");
  demand(freeOf(world, account, asset) >= BigInt(amount), "insufficient-balance");
  entry.supply -= amount;
  move(world, account, asset, -BigInt(amount), 0n);
  world.events.push({ kind: "Withdrawn", account, asset, amount });
}

export function defineAsset(world: World, { asset }: DefineAsset): void {
  demand(isCount(asset.scale) && asset.scale <= 15, "malformed-definition");
  const known = world.assets.find((each) => each.asset.id === asset.id);
  demand(known === undefined || known.asset.scale === asset.scale, "immutable-definition");
  if (known === undefined) world.assets.push({ asset, supply: 0 });
  world.events.push({ kind: "AssetDefined", asset });
}

export function defineMarket(world: World, { market }: DefineMarket): void {
  for (const id of [market.base, market.quote])
    demand(
      world.assets.some(({ asset }) => asset.id === id),
      "unknown-asset",
    );
  demand(isWellDefined(market), "malformed-definition");
  const known = world.markets.find((each) => each.market.id === market.id);
  if (known === undefined) {
    const counters = { lastTradeId: 0, lastUpdateId: 0, lastPreventedMatchId: 0, lastPrice: 0 };
    world.markets.push({ market, state: "TRADING", ...counters });
  } else {
    const kept = ["base", "quote", "basePerLot", "quotePerTickLot", "priceScale", "tickUnits"] as const;
    demand(
      kept.every((field) => known.market[field] === market[field]),
      "immutable-definition",
    );
    known.market = market;
  }
  world.events.push({ kind: "MarketDefined", market });
}

export function setMarketState(world: World, { market: id, state }: SetMarketState): void {
  const market = marketOf(world, id);
  market.state = state;
  world.events.push({ kind: "MarketStateChanged", market: id, state });
  if (state !== "TRADING") return;
  uncross(world, market);
  workOffQueue(world);
}

export function assetOf(world: World, id: AssetId): Mutable<AssetState> {
  const entry = world.assets.find(({ asset }) => asset.id === id);
  if (entry === undefined) throw new Refusal("unknown-asset");
  return entry;
}

function isWellDefined(market: Market): boolean {
  const numbers = Object.values(market).filter((value) => typeof value === "number");
  const positive = [
    market.basePerLot,
    market.quotePerTickLot,
    market.tickUnits,
    market.minPrice,
    market.minQuantity,
    market.marketMinQuantity,
  ];
  const ranges = [
    [market.minPrice, market.maxPrice],
    [market.minQuantity, market.maxQuantity],
    [market.minNotional, market.maxNotional],
    [market.marketMinQuantity, market.marketMaxQuantity],
    [market.bidMultiplierDown, market.bidMultiplierUp],
    [market.askMultiplierDown, market.askMultiplierUp],
    [market.minTrailingAboveDelta, market.maxTrailingAboveDelta],
    [market.minTrailingBelowDelta, market.maxTrailingBelowDelta],
  ] as const;
  return (
    market.base !== market.quote &&
    numbers.every(isCount) &&
    positive.every(isPositive) &&
    market.maxPrice <= 100_000_000_000 &&
    ranges.every(([least, most]) => least <= most) &&
    market.bidMultiplierUp <= 1_000_000 &&
    market.askMultiplierUp <= 1_000_000 &&
    market.maxTrailingAboveDelta <= 9_999 &&
    market.maxTrailingBelowDelta <= 9_999 &&
    market.makerFeePpm <= 1_000_000 &&
    market.takerFeePpm <= 1_000_000 &&
    BigInt(market.maxQuantity) * BigInt(market.basePerLot) <= BigInt(Number.MAX_SAFE_INTEGER) &&
    market.allowedSelfTradePrevention.includes(market.defaultSelfTradePrevention)
  );
}
