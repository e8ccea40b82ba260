import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { type HandlerDependencies, handleEvents } from "#services/gateway/sockets/handle-events.ts";
import type { GatewaySocket } from "#services/gateway/sockets/socket-types.ts";
import type {
  ClientToServerEvents,
  ErrorAnswer,
  ServerToClientEvents,
  SimpleOrder,
  SimpleOrderAnswer,
  UserState,
} from "#shared/protocol/socket.ts";
import { eventually } from "#test/support/eventually.ts";
import { type ClientSocket, connectSocket } from "./feed-recorder.ts";
import { sign } from "./rest-gateway.ts";
import { type SocketPlatform, type SocketUser, startSocketPlatform } from "./socket-platform.ts";

type ServerEvent = keyof ServerToClientEvents;
type ClientEvent = keyof ClientToServerEvents;

/** Who may hear each event; an event that is not here does not compile. */
const AUDIENCE = {
  executionReport: "its account",
  balance: "its account",
  refused: "its socket",
  trade: "everybody",
  depth: "everybody",
  ticker: "everybody",
  kline: "everybody",
} as const satisfies Record<ServerEvent, string>;
const isPublic = (event: string) => AUDIENCE[event as ServerEvent] === "everybody";

/** Alice, Bob and a stranger follow all that can be followed; Alice does all that can be done; the others listen, then try. */
describe("one account and another's, on every socket event", () => {
  let platform: SocketPlatform;
  const users: Record<string, SocketUser> = {};
  const sockets: Record<string, ClientSocket> = {};
  /** What each heard, as text. */
  const heard: Record<string, { event: string; text: string }[]> = { alice: [], bob: [], stranger: [] };
  let open: SimpleOrderAnswer;

  const ask = (who: string, event: ClientEvent, ...body: unknown[]): Promise<unknown> =>
    new Promise((resolve) => sockets[who]?.emit(event, ...([...body, resolve] as never)));
  const order = (user: string, orderId: string, change: object = {}): SimpleOrder => ({
    orderId,
    type: "SELL",
    userID: user,
    coinID: "BTC",
    quantity: 0.5,
    price: 31_000,
    ...change,
  });
  const codeOf = (answer: unknown) => (answer as ErrorAnswer).error?.code;
  const events = (who: string) => [...new Set(heard[who]?.map(({ event }) => event))].sort();

  before(async () => {
    platform = await startSocketPlatform();
    for (const name of ["alice", "bob"]) {
      users[name] = await platform.newUser(name, { BTC: 3_33333333, USDT: 777_777_770_000 });
    }
    for (const who of Object.keys(heard)) {
      const token = users[who]?.token;
      const socket = connectSocket(platform.url, token === undefined ? {} : { auth: { token } });
      sockets[who] = socket;
      socket.onAny((event: string, ...messages: unknown[]) =>
        heard[who]?.push({ event, text: JSON.stringify(messages) }),
      );
      await eventually(() => socket.connected);
      const channels = ["trade", "depth", "ticker", "kline"];
      expect(await ask(who, "subscribe", { symbol: "BTCUSDT", channels })).to.include({ ok: true });
    }
    open = (await ask("alice", "order", order("alice", "alices-open"))) as SimpleOrderAnswer;
    await ask("alice", "order", order("alice", "alices-filled", { price: 30_000 }));
    // Somebody else takes it, so that there is a trade to hear of.
    const carol = await platform.newUser("carol", { USDT: 777_777_770_000 });
    sockets.carol = connectSocket(platform.url, { auth: { token: carol.token } });
    await ask("carol", "order", order("carol", "carols", { type: "BUY", price: 30_000, quantity: 0.2 }));
    await ask("alice", "order", order("alice", "alices-rejected", { quantity: 100 }));
    sockets.alice?.emit("order", order("alice", "alices-refused", { coinID: "NOPE" }));
    const canceled = (await ask("alice", "order", order("alice", "alices-canceled"))) as SimpleOrderAnswer;
    await ask("alice", "cancel", { symbol: "BTCUSDT", orderId: canceled.meridianOrderId });
    // Kline, depth and ticker come in their own time; the last of them means that everything before was sent.
    await eventually(() =>
      Object.keys(heard).every((who) =>
        ["trade", "depth", "ticker", "kline"].every(
          (event) =>
            (heard[who]?.filter((message) => message.event === event && message.text.includes("30000"))
              .length ?? 0) > 0,
        ),
      ),
    );
  });
  after(async () => {
    for (const socket of Object.values(sockets)) socket.disconnect();
    await platform.stop();
  });

  it("everything was there to be overheard", () => {
    expect(events("alice")).to.deep.equal(Object.keys(AUDIENCE).sort());
    const text = heard.alice?.map((message) => message.text).join("") ?? "";
    for (const name of ["open", "filled", "rejected", "refused", "canceled"])
      expect(text).to.contain(`alices-${name}`);
  });

  for (const listener of ["bob", "stranger"]) {
    it(`${listener === "bob" ? "another user" : "a stranger"} hears what is public, and nothing that tells of an account`, () => {
      expect(events(listener)).to.deep.equal(Object.keys(AUDIENCE).filter(isPublic).sort());
      const text = heard[listener]?.map((message) => message.text).join("") ?? "";
      expect(text).not.to.match(/alice|"account"|"user"|[oO]rderId|clientOrderId|"free"|"locked"/);
    });
  }

  const CASES: Readonly<Record<ClientEvent, () => Promise<void>>> = {
    subscribe: async () => {
      // Rooms are named by markets only: a user's room cannot be asked for.
      for (const symbol of [`user:${users.alice?.account}`, "user", "alice", "BTCUSDT/trade", "__proto__"]) {
        const answer = await ask("bob", "subscribe", { symbol, channels: ["trade"] });
        expect(codeOf(answer)).to.equal(-1121);
      }
    },
    unsubscribe: async () => {
      const room = `user:${users.alice?.account}`;
      expect(codeOf(await ask("bob", "unsubscribe", { symbol: room, channels: ["trade"] }))).to.equal(-1121);
    },
    resync: async () => {
      // One outcome concerns both: each is told of their own side.
      await ask("bob", "order", order("bob", "bobs-taker", { type: "BUY", price: 30_000, quantity: 0.1 }));
      const { branch } = platform.view;
      const before = heard.bob?.length ?? 0;
      for (const feed of [`user:${users.alice?.account}`, "alice"]) {
        expect(codeOf(await ask("bob", "resync", { feed, branch, seq: 0, index: 0 }))).to.equal(-1121);
      }
      expect(await ask("bob", "resync", { feed: "user", branch, seq: 0, index: 0 })).to.include({
        outcome: "missed",
      });
      await ask("bob", "echo");
      const missed =
        heard.bob
          ?.slice(before)
          .map(({ text }) => text)
          .join("") ?? "";
      // Bob's own deposits and order, and nothing else.
      expect(missed).to.contain("bobs-taker");
      expect(missed).to.contain("777777.77").and.not.contain("alices");
      expect(codeOf(await ask("stranger", "resync", { feed: "user", branch, seq: 0, index: 0 }))).to.equal(
        -1002,
      );
    },
    state: async () => {
      const state = (await ask("bob", "state")) as UserState;
      expect(state).to.include({ user: "bob", account: users.bob?.account });
      expect(state.openOrders).to.deep.equal([]);
      expect(state.balances).to.deep.include({ asset: "BTC", free: "3.43323333", locked: "0.00000000" });
      expect(codeOf(await ask("stranger", "state"))).to.equal(-1002);
    },
    order: async () => {
      expect(codeOf(await ask("bob", "order", order("alice", "alices-open")))).to.equal(-9021);
      expect(codeOf(await ask("stranger", "order", order("alice", "alices-open")))).to.equal(-1002);
      // Her id is free for him: another order, of his own.
      const own = (await ask("bob", "order", order("bob", "alices-open"))) as SimpleOrderAnswer;
      expect(own.meridianOrderId).to.be.a("number").and.not.equal(open.meridianOrderId);
      await ask("bob", "cancel", { symbol: "BTCUSDT", orderId: own.meridianOrderId });
    },
    cancel: async () => {
      for (const who of ["bob", "stranger"]) {
        for (const name of [{ orderId: open.meridianOrderId }, { origClientOrderId: "alices-open" }]) {
          const answer = await ask(who, "cancel", { symbol: "BTCUSDT", ...name });
          expect(codeOf(answer)).to.equal(who === "bob" ? -2011 : -1002);
        }
      }
      const { openOrders } = (await ask("alice", "state")) as UserState;
      expect(openOrders.map(({ clientOrderId }) => clientOrderId)).to.include("alices-open");
    },
    echo: async () => {
      expect(await ask("stranger", "echo")).to.be.a("number");
    },
  };

  it("has a case here for every event that the gateway listens to", () => {
    const listened: string[] = [];
    const recorder = { on: (event: string) => listened.push(event) };
    handleEvents(recorder as unknown as GatewaySocket, {} as HandlerDependencies);
    expect(listened.sort()).to.deep.equal(Object.keys(CASES).sort());
  });

  for (const [event, attack] of Object.entries(CASES)) it(`keeps them apart: ${event}`, attack);
});

describe("a socket and what opened it", () => {
  let platform: SocketPlatform;

  before(async () => {
    // The periodic check never comes: what ends a socket here is the sign-out or deletion itself.
    platform = await startSocketPlatform({ limits: { recheckMs: 3_600_000 } });
  });
  after(() => platform.stop());

  const connected = async (auth: object): Promise<ClientSocket> => {
    const socket = connectSocket(platform.url, { auth, reconnection: false });
    await eventually(() => socket.connected);
    return socket;
  };

  it("ends when its session is signed out, while the account's other sessions go on", async () => {
    const { identity } = platform;
    const { token } = await platform.newUser("leaver");
    const second = await identity.signIn("leaver", "correct horse battery staple");
    const sockets = { first: await connected({ token }), second: await connected({ token: second.token }) };
    await identity.signOut(token);
    await eventually(() => !sockets.first.connected);
    expect(sockets.second.connected).to.equal(true);
    await identity.signOutEverywhere(second.account);
    await eventually(() => !sockets.second.connected);
  });

  it("ends when its API key is deleted", async () => {
    const { identity } = platform;
    const { account } = await platform.newUser("keyholder");
    const { apiKey, secret } = await identity.createApiKey(account, "socket", true);
    const timestamp = Date.now();
    const socket = await connected({ apiKey, timestamp, signature: sign(secret, `timestamp=${timestamp}`) });
    await identity.deleteApiKey(account, apiKey);
    await eventually(() => !socket.connected);
  });

  it("places an order without an acknowledgement too, and says what it refuses", async () => {
    const { token } = await platform.newUser("terse", { BTC: 1e8 });
    const socket = await connected({ token });
    const statuses: string[] = [];
    const refusals: unknown[] = [];
    socket.on("executionReport", ({ clientOrderId, orderStatus }) =>
      statuses.push(`${clientOrderId} ${orderStatus}`),
    );
    socket.on("refused", (message) => refusals.push(message));
    const message = {
      orderId: "12345",
      type: "SELL",
      userID: "terse",
      coinID: "BTC",
      quantity: 1,
      price: 100,
    } as const;
    socket.emit("order", message);
    await eventually(() => statuses.length === 1);
    expect(statuses).to.deep.equal(["12345 NEW"]);
    socket.emit("order", { ...message, orderId: "12346", quantity: -1 });
    socket.emit("cancel", { symbol: "BTCUSDT", origClientOrderId: "unknown" });
    await eventually(() => refusals.length === 2);
    expect(refusals).to.deep.include.members([
      {
        event: "order",
        orderId: "12346",
        error: { code: -9020, msg: "The field 'quantity' is missing or not valid.", field: "quantity" },
      },
      { event: "cancel", orderId: "unknown", error: { code: -2011, msg: "Unknown order sent." } },
    ]);
    socket.emit("cancel", { symbol: "BTCUSDT", origClientOrderId: "12345" });
    await eventually(() => statuses.includes("12345 CANCELED"));
  });
});
