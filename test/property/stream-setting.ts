import type { Asset } from "#shared/domain/asset.ts";
import type { Command } from "#shared/domain/command.ts";
import type { AccountId, AssetId, MarketId } from "#shared/domain/ids.ts";
import type { Market } from "#shared/domain/market.ts";
import { SELF_TRADE_PREVENTIONS } from "#shared/domain/order.ts";
import type { Draw } from "./draw.ts";

/** A small shard: two markets that share their quote asset, prices of about 100 ticks, quantities of a few lots. */

export const ACCOUNTS = [1, 2, 3, 4].map((id) => id as AccountId);
export const ASSETS: readonly Asset[] = ["AAA", "BBB", "QQQ"].map((id) => ({ id: id as AssetId, scale: 3 }));
export const MARKET_IDS = ["AAAQQQ", "BBBQQQ"].map((id) => id as MarketId);
export const START = 1_700_000_000_000;

/** What a stream is mostly about. */
export const THEMES = [
  "everything",
  "matching",
  "triggers",
  "lists",
  "auctions",
  "icebergs",
  "filters",
  "forks",
] as const;
export type Theme = (typeof THEMES)[number];

export interface Setting {
  readonly theme: Theme;
  /** How far prices go from 100 ticks. */
  readonly spread: number;
  readonly markets: readonly Market[];
  readonly opening: readonly Command[];
}

export function settingFrom(draw: Draw): Setting {
  const theme = draw.perMille(100) ? "forks" : draw.pick(THEMES);
  const units = { basePerLot: draw.pick([1, 1, 7]), quotePerTickLot: draw.pick([1, 1, 3]) };
  const fees = draw.pick([
    { makerFeePpm: 0, takerFeePpm: 0 },
    { makerFeePpm: 10_000, takerFeePpm: 20_000 },
    { makerFeePpm: 300_000, takerFeePpm: 100_001 },
  ]);
  const markets = MARKET_IDS.map((id) => {
    const partitionPolicy = draw.perMille(250) ? "halt" : "match-locally";
    return wideMarket(id, { ...units, ...fees, partitionPolicy });
  });
  const isHurried = draw.perMille(500);
  const spread = theme === "triggers" ? draw.between(4, 8) : draw.between(2, 5);
  return { theme, spread, markets, opening: openingOf(markets, isHurried) };
}

/** A market whose filters are out of the way. */
function wideMarket(id: MarketId, changes: Partial<Market>): Market {
  return {
    id,
    base: id.slice(0, 3) as AssetId,
    quote: id.slice(3) as AssetId,
    basePerLot: 1,
    quotePerTickLot: 1,
    priceScale: 2,
    tickUnits: 1,
    minPrice: 1,
    maxPrice: 100_000,
    minQuantity: 1,
    maxQuantity: 1_000_000,
    minNotional: 0,
    maxNotional: Number.MAX_SAFE_INTEGER,
    marketMinQuantity: 1,
    marketMaxQuantity: 1_000_000,
    bidMultiplierUp: 0,
    bidMultiplierDown: 0,
    askMultiplierUp: 0,
    askMultiplierDown: 0,
    maxIcebergParts: 0,
    maxOrders: 0,
    maxAlgoOrders: 0,
    maxIcebergOrders: 0,
    maxOrderLists: 0,
    maxPosition: 0,
    minTrailingAboveDelta: 1,
    maxTrailingAboveDelta: 9_999,
    minTrailingBelowDelta: 1,
    maxTrailingBelowDelta: 9_999,
    makerFeePpm: 0,
    takerFeePpm: 0,
    defaultSelfTradePrevention: "NONE",
    allowedSelfTradePrevention: SELF_TRADE_PREVENTIONS,
    partitionPolicy: "match-locally",
    ...changes,
  };
}

/** Two rich accounts, one that has to look after its money, and a poor one. With a trade to begin with, or without. */
function openingOf(markets: readonly Market[], withTrade: boolean): Command[] {
  const funds = ACCOUNTS.flatMap((account) =>
    ASSETS.map((asset): Command => {
      const isQuote = asset.id === "QQQ";
      const lots = account <= 2 ? 100_000 : account === 3 ? 60 : 7;
      return { kind: "Deposit", account, asset: asset.id, amount: isQuote ? 100 * lots : lots };
    }),
  );
  return [
    { kind: "Tick", time: START },
    ...ASSETS.map((asset): Command => ({ kind: "DefineAsset", asset })),
    ...markets.map((market): Command => ({ kind: "DefineMarket", market })),
    ...funds,
    ...(withTrade ? ["SELL" as const, "BUY" as const] : []).map(
      (side, at): Command => ({
        kind: "PlaceOrder",
        account: ACCOUNTS[at] as AccountId,
        market: MARKET_IDS[0] as MarketId,
        orderId: (9001 + at) as never,
        clientOrderId: `opening-${at}`,
        side,
        type: "LIMIT",
        timeInForce: "GTC",
        price: 100,
        quantity: 2,
        quoteQuantity: 0,
        stopPrice: 0,
        trailingDelta: 0,
        icebergQuantity: 0,
        goodTillDate: 0,
        selfTradePrevention: "NONE",
      }),
    ),
  ];
}
