import type { AccountId, MarketId, ShardId } from "#shared/domain/ids.ts";
import type { Interval } from "../views/intervals.ts";

/** The rooms of Socket.IO: one a user and shard, one a market and channel. A room is also the name of its feed's chain. */
export const userRoom = (shard: ShardId, account: AccountId): string => `user/${shard}:${account}`;
export const tradeRoom = (market: MarketId): string => `${market}/trade`;
export const depthRoom = (market: MarketId): string => `${market}/depth`;
export const tickerRoom = (market: MarketId): string => `${market}/ticker`;
export const klineRoom = (market: MarketId, interval: Interval): string => `${market}/kline/${interval}`;

/** Whose updates a room hears: the shard of a user's room, the market of another. `undefined` for a socket's own room, which hears none. */
export function sourceOfRoom(room: string): { shard: string } | { market: string } | undefined {
  const user = /^user\/(.+):\d+$/.exec(room);
  if (user !== null) return { shard: user[1] ?? "" };
  const market = /^([^/]+)\//.exec(room);
  return market === null ? undefined : { market: market[1] ?? "" };
}
