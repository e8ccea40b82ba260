import type { AccountId, MarketId, ShardId } from "#shared/domain/ids.ts";
import type { Interval } from "../views/intervals.ts";

/** The rooms of Socket.IO: one a user and shard, one a market and channel. A room is also the name of its feed's chain. */
export const userRoom = (shard: ShardId, account: AccountId): string => `user/${shard}:${account}`;
/** Where every socket is. */
export const EVERYBODY = "everybody";
export const tradeRoom = (market: MarketId): string => `${market}/trade`;
export const depthRoom = (market: MarketId): string => `${market}/depth`;
export const tickerRoom = (market: MarketId): string => `${market}/ticker`;
export const klineRoom = (market: MarketId, interval: Interval): string => `${market}/kline/${interval}`;

/** Whose updates a room hears: the shard of a user's room, the market of another. `undefined` for a socket's own room, and for that of everybody. */
export function sourceOfRoom(room: string): { shard: string } | { market: string } | undefined {
  const user = /^user\/(.+):\d+$/.exec(room);
  if (user !== null) return { shard: user[1] ?? "" };
  const market = /^([^/]+)\//.exec(room);
  return market === null ? undefined : { market: market[1] ?? "" };
}

/** The feed that a room follows, as clients name it; `undefined` for a room whose messages are complete by themselves, and for the depth. */
export function feedOfRoom(room: string): string | undefined {
  const user = /^(user\/.+):\d+$/.exec(room);
  return user?.[1] ?? /^([^/]+)\/trade$/.exec(room)?.[1];
}
