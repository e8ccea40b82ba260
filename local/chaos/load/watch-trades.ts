import { io, type Socket } from "socket.io-client";
import type { Clock } from "#shared/ports/clock.ts";
import { FeedClient } from "#shared/protocol/feed-client.ts";
import type { ClientToServerEvents, ServerToClientEvents, TradeMessage } from "#shared/protocol/socket.ts";
import type { ExperimentWatch, Found } from "../experiment.ts";
import { LOAD_MARKETS } from "./load-market.ts";

/** What the last trades need to arrive in. */
const ARRIVES_WITHIN_MS = 30_000;
const LOOK_MS = 200;
/** REST gives so many at a time. */
const PAGE = 1000;

/** Follows the trades of every market of the load at one gateway, as a page does: over one socket, repairing gaps by resync. Afterwards compares what came with what REST tells. */
export async function watchTrades(url: string, clock: Clock): Promise<ExperimentWatch> {
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(url, {
    transports: ["websocket"],
    forceNew: true,
  });
  const seen = { gaps: 0, closed: 0, doubled: 0 };
  const markets = new Map(
    LOAD_MARKETS.map(({ symbol }) => [symbol, { feed: new FeedClient(symbol), trades: new Set<number>() }]),
  );
  const resync = (feed: FeedClient, request = feed.resyncRequest()) =>
    socket.emit("resync", request, (answer) => {
      if ("error" in answer) throw new Error(answer.error.msg);
      feed.resynced(answer);
    });
  const subscribe = (symbol: string, feed: FeedClient) =>
    new Promise<void>((resolve, reject) => {
      socket.emit("subscribe", { symbol, channels: ["trade"] }, (answer) => {
        if ("error" in answer) return reject(new Error(answer.error.msg));
        if (feed.position === undefined) feed.startAt(answer.place);
        resolve();
      });
    });
  socket.on("trade", (trade: TradeMessage) => {
    const market = markets.get(trade.symbol);
    if (market === undefined) return;
    const verdict = market.feed.receive(trade);
    if (verdict === "gap") {
      seen.gaps++;
      resync(market.feed);
    }
    if (verdict !== "apply") return;
    if (market.trades.has(trade.tradeId)) seen.doubled++;
    market.trades.add(trade.tradeId);
  });
  socket.on("rewound", (rewound) => void markets.get(rewound.feed)?.feed.rewound(rewound));
  socket.on("disconnect", () => seen.closed++);
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  for (const [symbol, { feed }] of markets) await subscribe(symbol, feed);
  socket.on("connect", () => {
    for (const [symbol, { feed }] of markets) {
      const missed = feed.reconnected();
      void subscribe(symbol, feed);
      if (missed !== undefined) resync(feed, missed);
    }
  });
  const firsts = new Map<string, number>();
  for (const symbol of markets.keys()) firsts.set(symbol, (await lastTrade(url, symbol)) + 1);

  const missing = async (): Promise<string[]> => {
    const found: string[] = [];
    for (const [symbol, { trades }] of markets) {
      const there = await tradesFrom(url, symbol, firsts.get(symbol) ?? 0);
      const lost = there.filter((id) => !trades.has(id));
      if (lost.length > 0) found.push(`${lost.length} of ${there.length} trades of ${symbol} never came`);
    }
    return found;
  };
  return {
    finish: async (): Promise<Found> => {
      const end = clock.monotonic() + ARRIVES_WITHIN_MS;
      let problems = await missing();
      while (problems.length > 0 && clock.monotonic() < end) {
        await new Promise<void>((resolve) => clock.schedule(LOOK_MS, resolve));
        problems = await missing();
      }
      const came = [...markets.values()].reduce((total, { trades }) => total + trades.size, 0);
      if (seen.doubled > 0) problems.push(`${seen.doubled} trades came twice`);
      if (seen.closed > 0) problems.push(`the socket closed ${seen.closed} times`);
      socket.disconnect();
      return {
        facts: [`a follower of its gateway: ${came} trades, ${seen.gaps} gaps seen and repaired`],
        problems,
      };
    },
  };
}

interface RestTrade {
  readonly id: number;
}

async function lastTrade(url: string, symbol: string): Promise<number> {
  const trades = await get(`${url}/api/v3/trades?symbol=${symbol}&limit=1`);
  return trades.at(-1)?.id ?? -1;
}

async function tradesFrom(url: string, symbol: string, first: number): Promise<number[]> {
  const ids: number[] = [];
  for (let from = first; ; ) {
    const page = await get(`${url}/api/v3/historicalTrades?symbol=${symbol}&fromId=${from}&limit=${PAGE}`);
    ids.push(...page.map(({ id }) => id));
    if (page.length < PAGE) return ids;
    from = (page.at(-1)?.id ?? from) + 1;
  }
}

async function get(address: string): Promise<readonly RestTrade[]> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return (await answer.json()) as readonly RestTrade[];
}
