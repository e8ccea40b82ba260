/** Branded identifiers: the compiler keeps an order id from being used as an account id. */
declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Minted by Identity; a positive integer below 2^53. Account 0 collects the fees. */
export type AccountId = Branded<number, "AccountId">;
/** Minted by a gateway from (Region, node, durable counter): a positive integer below 2^53. */
export type OrderId = Branded<number, "OrderId">;
/** Minted as order ids are, from the same counter. */
export type OrderListId = Branded<number, "OrderListId">;
/** The fold's own dense number per market: 1, 2, 3… */
export type TradeId = Branded<number, "TradeId">;
/** 32 lower-case hex digits: a hash of the account and its idempotency key. */
export type CommandId = Branded<string, "CommandId">;
/** The dense number 1, 2, 3… that the fold gives each command of a shard. */
export type Seq = Branded<number, "Seq">;
export type ShardId = Branded<string, "ShardId">;
/** `<region>.<counter>`: minted by its Region from a durable counter, never reused. */
export type BranchId = Branded<string, "BranchId">;
/** `BTCUSDT` */
export type MarketId = Branded<string, "MarketId">;
/** `BTC` */
export type AssetId = Branded<string, "AssetId">;
/** `us-east-1` */
export type RegionId = Branded<string, "RegionId">;

/** The account that collects trading fees. It never trades. */
export const FEE_ACCOUNT = 0 as AccountId;
