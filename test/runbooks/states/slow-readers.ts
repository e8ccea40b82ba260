import { type ClientSocket, connectSocket } from "#test/e2e/feed-recorder.ts";
import { becomesTrue } from "#test/support/becomes-true.ts";
import type { TestTrader } from "#test/support/test-trader.ts";
import { type Sample, scrapeAll } from "../samples.ts";
import type { Stage } from "../stage.ts";
import { restart } from "./restart.ts";
import type { State } from "./state.ts";

const REGION = "ap-northeast-1";
/** What one client has to be told of them comes to some hundred kilobytes. */
const ORDERS = 80;
/** A client asks so often for all of it before one looks again. */
const ASKS = 3;
/** So much waits for one before it is asked for no more; what the system itself holds comes on top. At 16 MB the client is sent away. */
const WAITING_BYTES = 9_000_000;
const CLIENTS = 24;

/** One client that asks for its feed again and again, and does not read: what is for it waits in the gateway, until that sends it away. */
export function slowReader(): State {
  let clients: readonly SlowClient[] = [];
  return {
    make: async (stage) => {
      const before = await sentAway(stage);
      clients = await connect(stage, 1);
      await becomesTrue("the gateway sends the client away", async () => {
        for (const client of clients) client.ask();
        return (await sentAway(stage)) > before;
      });
    },
    end: async () => {
      for (const client of clients) client.close();
    },
  };
}

/** Many of them, each with less than it is sent away for: what waits for all is in the gateway's memory. When they have gone the process that grew is ended, as the page says. */
export function fullMemory(): State {
  let clients: readonly SlowClient[] = [];
  return {
    make: async (stage) => {
      clients = await connect(stage, CLIENTS);
      await becomesTrue("what waits for clients fills the memory", async () => {
        const [waiting] = await valuesOf(stage, "meridian_socket_buffered_bytes");
        // A gateway that does not answer is still busy with what it was asked before.
        if (waiting === undefined) return false;
        if (waiting <= WAITING_BYTES) for (const client of clients) client.ask();
        return waiting > WAITING_BYTES;
      });
    },
    end: async (stage) => {
      for (const client of clients) client.close();
      await restart(stage, [REGION]);
    },
  };
}

interface SlowClient {
  /** For all that its account was ever told. */
  ask(): void;
  close(): void;
}

async function connect(stage: Stage, count: number): Promise<readonly SlowClient[]> {
  const trader = await stage.newTrader();
  trader.url = await stage.gatewayOf(REGION);
  const answer = await fetch(`${trader.url}/meridian/v1/regions`);
  const { shards } = (await answer.json()) as { shards: { shard: string; branch: string; seq: number }[] };
  const { branch = "", seq = 0 } = shards.find(({ shard }) => shard === "crypto-1") ?? {};
  await trade(trader);
  const place = { feed: "user/crypto-1", branch, seq, index: Number.MAX_SAFE_INTEGER };
  const sockets = Array.from({ length: count }, () =>
    connectSocket(trader.url, { auth: { token: trader.token } }),
  );
  await becomesTrue("the clients are connected", async () => sockets.every(({ connected }) => connected));
  return sockets.map((socket) => {
    const connection = connectionOf(socket);
    connection.pause();
    return {
      ask: () => {
        for (let n = 0; n < ASKS; n++) socket.emit("resync", place, () => {});
      },
      close: () => {
        socket.disconnect();
        connection.terminate();
      },
    };
  });
}

/** Orders that rest, and are canceled. */
async function trade(trader: TestTrader): Promise<void> {
  const terms = { symbol: "BTCUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC" };
  const place = () => trader.post("/api/v3/order", { ...terms, quantity: "0.001", price: "40000" });
  await Promise.all(Array.from({ length: ORDERS }, place));
  await trader.delete("/api/v3/openOrders", { symbol: "BTCUSDT" });
}

/** The WebSocket below Socket.IO, which nothing in its types shows; of the package `ws`. */
interface Connection {
  /** Reads no more: what comes is left to the system, until that takes no more either. */
  pause(): void;
  terminate(): void;
}

function connectionOf(socket: ClientSocket): Connection {
  return (socket.io.engine.transport as unknown as { readonly ws: Connection }).ws;
}

async function sentAway(stage: Stage): Promise<number> {
  return (await valuesOf(stage, "meridian_socket_slow_disconnects_total")).reduce(
    (sum, value) => sum + value,
    0,
  );
}

async function valuesOf({ dataFolder }: Stage, metric: Sample["name"]): Promise<readonly number[]> {
  const scrape = (await scrapeAll(dataFolder)).find(({ process }) => process === REGION);
  return (scrape?.samples ?? []).filter(({ name }) => name === metric).map(({ value }) => value);
}
