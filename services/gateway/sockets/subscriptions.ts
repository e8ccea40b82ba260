import { ApiError } from "#shared/protocol/errors.ts";
import type { Place } from "#shared/protocol/socket.ts";
import type { Interval } from "../views/intervals.ts";
import { LIVE_INTERVALS } from "./kline-publisher.ts";
import { parseRequest, SUBSCRIBE } from "./requests.ts";
import { depthRoom, klineRoom, tickerRoom, tradeRoom } from "./rooms.ts";
import type { SocketShards } from "./socket-shards.ts";
import type { GatewaySocket } from "./socket-types.ts";

/** Joins a market's rooms; what is needed to begin with is sent first. Gives where the market's shard stands. Throws `ApiError`. */
export function subscribe(socket: GatewaySocket, body: unknown, shards: SocketShards): Place {
  const { channels, market, interval } = read(body, shards);
  const { publishers, view, wire } = shards.ofMarket(market.id);
  for (const channel of new Set(channels)) {
    switch (channel) {
      case "trade":
        // A resync joins when it is done.
        if (!socket.data.resyncing.has(market.id)) void socket.join(tradeRoom(market.id));
        break;
      case "depth":
        publishers.depth.join(socket, market.id);
        break;
      case "ticker":
        publishers.ticker.join(socket, market.id);
        break;
      default:
        publishers.kline.join(socket, market.id, interval);
    }
  }
  return wire.place(view, Number.MAX_SAFE_INTEGER, null);
}

/** Leaves a market's rooms. Throws `ApiError`. */
export function unsubscribe(socket: GatewaySocket, body: unknown, shards: SocketShards): void {
  const { channels, market, interval } = read(body, shards);
  for (const channel of channels) {
    switch (channel) {
      case "trade":
        socket.data.resyncing.delete(market.id);
        void socket.leave(tradeRoom(market.id));
        break;
      case "depth":
        void socket.leave(depthRoom(market.id));
        break;
      case "ticker":
        void socket.leave(tickerRoom(market.id));
        break;
      default:
        void socket.leave(klineRoom(market.id, interval));
    }
  }
}

function read(body: unknown, shards: SocketShards) {
  const { symbol, channels, interval = "1m" } = parseRequest(SUBSCRIBE, body);
  return { channels, market: shards.marketNamed(symbol), interval: liveInterval(interval) };
}

function liveInterval(text: string): Interval {
  const interval = LIVE_INTERVALS.find((known) => known === text);
  if (interval === undefined) throw new ApiError("BAD_INTERVAL", { field: "interval" });
  return interval;
}
