import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedRegion } from "#local/embedded-region.ts";
import { MERIDIAN_OPERATIONS } from "#services/gateway/meridian-operations.ts";
import { binanceRoutes } from "#services/gateway/rest/binance-routes.ts";
import type { RestDependencies } from "#services/gateway/rest/dependencies.ts";
import { type Definitions, defaultDefinitions } from "#shared/config/definitions.ts";
import { assert } from "#shared/domain/invariant.ts";
import type { Market } from "#shared/domain/market.ts";
import type { TradeEvent } from "#shared/protocol/order-entry.ts";
import { signUpTrader } from "#test/support/test-trader.ts";
import { type ClientSocket, connectSocket } from "./feed-recorder.ts";

export type Sent = Readonly<Record<string, string | number | boolean>>;

/** An answer as a test compares it: over sockets it has no status. */
export interface Answered {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape; what they expect is asserted.
  readonly body: any;
  readonly status: number | undefined;
}

export interface OrderTrader {
  /** Of its session. */
  readonly token: string;
  /** One request of the Binance dialect; an answer that is not as documented fails. */
  rest(method: "GET" | "POST" | "PUT" | "DELETE", path: string, sent?: Sent): Promise<Answered>;
  /** The same over Socket.IO, by the name of the event; a refusal is told as REST tells it. */
  event(event: TradeEvent, sent: Sent): Promise<Answered>;
  /** A connected socket of the user, for listening. */
  socket(): Promise<ClientSocket>;
}

/** A whole Region on a free port: REST, sockets and the operator's door. */
export interface OrderPlatform {
  readonly url: string;
  newTrader(name: string): Promise<OrderTrader>;
  setMarketState(symbol: string, state: string, token?: string): Promise<Answered>;
  markets(): Promise<Answered>;
  /** Stops the Region and starts it again on what it left. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const OPERATOR_TOKEN = "the operator's token".replaceAll(/\W/g, "-");
const DOCUMENTED = [
  ...binanceRoutes({} as RestDependencies),
  ...Object.values(MERIDIAN_OPERATIONS).filter((operation) => "answer" in operation),
];

/** `change` alters the configured markets. */
export async function startOrderPlatform(
  change: (market: Market) => Partial<Market> = () => ({}),
): Promise<OrderPlatform> {
  const dataFolder = mkdtempSync(join(tmpdir(), "meridian-orders-"));
  const configured = defaultDefinitions();
  const markets = configured.markets.map((market) => ({ ...market, ...change(market) }));
  const definitions: Definitions = { ...configured, markets };
  const start = () =>
    startEmbeddedRegion({
      port: 0,
      dataFolder,
      faucet: true,
      rateLimits: "generous",
      operators: [{ name: "operator", token: OPERATOR_TOKEN }],
      definitions,
    });
  let region = await start();
  const sockets: ClientSocket[] = [];
  const closeSockets = () => {
    for (const socket of sockets.splice(0)) socket.disconnect();
  };
  const call = async (method: string, path: string, token: string, body?: object): Promise<Answered> => {
    const response = await fetch(region.url + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  return {
    get url() {
      return region.url;
    },
    newTrader: async (name) => {
      const { token } = await signUpTrader(region.url, name);
      const socket = async () => {
        const opened = connectSocket(region.url, { auth: { token } });
        sockets.push(opened);
        await new Promise<void>((resolve) => opened.once("connect", () => resolve()));
        return opened;
      };
      let own: ClientSocket | undefined;
      return {
        token,
        rest: async (method, path, sent = {}) => {
          const query = new URLSearchParams(Object.entries(sent).map(([key, value]) => [key, String(value)]));
          const response = await fetch(`${region.url}${path}?${query}`, {
            method,
            headers: { Authorization: `Bearer ${token}` },
          });
          const body = await response.json();
          if (response.ok) checkAnswer(method, path, body);
          return { status: response.status, body };
        },
        event: async (event, sent) => {
          if (own === undefined || !own.connected) own = await socket();
          // The events differ in their types only; what comes back is looked at here.
          const body = await own.timeout(10_000).emitWithAck(event as "order.place", sent);
          return { status: undefined, body: "error" in body ? body.error : body };
        },
        socket,
      };
    },
    setMarketState: (symbol, state, token = OPERATOR_TOKEN) =>
      call("POST", `/meridian/v1/markets/${symbol}/state`, token, { state }),
    markets: () => call("GET", "/meridian/v1/markets", "none"),
    restart: async () => {
      closeSockets();
      await region.stop();
      region = await start();
    },
    stop: async () => {
      closeSockets();
      await region.stop();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

function checkAnswer(method: string, path: string, body: unknown): void {
  const route = DOCUMENTED.find((one) => one.path === path && one.method === method.toLowerCase());
  assert(route !== undefined, `${method} ${path} is documented`);
  const result = route.answer.safeParse(body);
  assert(result.success, `${method} ${path} answers otherwise than documented: ${result.error?.message}`);
}
