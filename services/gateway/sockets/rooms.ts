import type { AccountId, MarketId } from "#shared/domain/ids.ts";
import type { Interval } from "../views/intervals.ts";

/** The rooms of Socket.IO: one a user, one a market and channel. A room is also the name of its feed's chain. */
export const userRoom = (account: AccountId): string => `user:${account}`;
export const tradeRoom = (market: MarketId): string => `${market}/trade`;
export const depthRoom = (market: MarketId): string => `${market}/depth`;
export const tickerRoom = (market: MarketId): string => `${market}/ticker`;
export const klineRoom = (market: MarketId, interval: Interval): string => `${market}/kline/${interval}`;
