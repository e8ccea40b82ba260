import { createHmac } from "node:crypto";
import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import type {
  BalanceMessage,
  ClientToServerEvents,
  ErrorAnswer,
  ExecutionReport,
  UserState,
} from "#shared/protocol/socket.ts";
import { eventually } from "#test/support/eventually.ts";
import { ONE_SHARD } from "#test/support/one-shard.ts";
import { type ClientSocket, connectSocket } from "./feed-recorder.ts";
import { COOKIE, type SocketPlatform, type SocketUser, startSocketPlatform } from "./socket-platform.ts";

const FUNDS = { BTC: 10 * 1e8, USDT: 1_000_000 * 1e6 };

describe("sockets", () => {
  let platform: SocketPlatform;
  let alice: SocketUser;
  let bob: SocketUser;
  const open: ClientSocket[] = [];
  let orders = 0;

  before(async () => {
    platform = await startSocketPlatform();
    alice = await platform.newUser("alice", FUNDS);
    bob = await platform.newUser("bob", FUNDS);
  });
  afterEach(() => {
    for (const socket of open.splice(0)) socket.disconnect();
  });
  after(() => platform.stop());

  const connect = (options: Parameters<typeof connectSocket>[1] = {}): ClientSocket => {
    const socket = connectSocket(platform.url, { reconnection: false, ...options });
    open.push(socket);
    return socket;
  };
  const connected = async (options: Parameters<typeof connectSocket>[1] = {}): Promise<ClientSocket> => {
    const socket = connect(options);
    await eventually(() => socket.connected);
    return socket;
  };
  const refusedWith = (options: Parameters<typeof connectSocket>[1]): Promise<number> =>
    new Promise((resolve) => {
      connect(options).once("connect_error", (error) => resolve((error as ErrorAnswerError).data.code));
    });
  const as = (user: SocketUser) => ({ auth: { token: user.token } });
  const order = (user: SocketUser, change: object = {}) => ({
    orderId: `order-${++orders}`,
    type: "SELL",
    userID: user.user,
    coinID: "BTC",
    quantity: 0.5,
    price: 30000,
    ...change,
  });

  it("tell each user about their own orders and balances, and nobody else", async () => {
    const sockets = {
      alice: await connected(as(alice)),
      bob: await connected(as(bob)),
      nobody: await connected(),
    };
    const heard: Record<string, (ExecutionReport | BalanceMessage)[]> = { alice: [], bob: [], nobody: [] };
    const trades: string[] = [];
    for (const [name, socket] of Object.entries(sockets)) {
      socket.on("executionReport", (message) => heard[name]?.push(message));
      socket.on("balance", (message) => heard[name]?.push(message));
      socket.on("trade", ({ price }) => trades.push(`${name} ${price}`));
      expect(await ask(socket, "subscribe", { symbol: "BTCUSDT", channels: ["trade"] })).to.include({
        ok: true,
      });
    }

    const resting = await ask(sockets.alice, "order", order(alice));
    expect(resting).to.include({ symbol: "BTCUSDT", status: "NEW", executedQuantity: "0.00000000" });
    await eventually(() => heard.alice?.length === 2);
    expect(heard.bob).to.deep.equal([]);

    const taking = await ask(
      sockets.bob,
      "order",
      order(bob, { type: "BUY", quantity: "0.2", price: undefined }),
    );
    expect(taking).to.include({ status: "FILLED", executedQuantity: "0.20000000" });
    await eventually(() => (heard.bob?.length ?? 0) >= 4 && trades.length === 3);
    expect(trades.sort()).to.deep.equal([
      "alice 30000.00000000",
      "bob 30000.00000000",
      "nobody 30000.00000000",
    ]);
    expect(heard.nobody).to.deep.equal([]);

    const statuses = (name: string) =>
      heard[name]?.flatMap((m) => ("orderStatus" in m ? [m.orderStatus] : []));
    await eventually(() => (statuses("alice")?.length ?? 0) >= 2);
    expect(statuses("alice")).to.deep.equal(["NEW", "PARTIALLY_FILLED"]);
    expect(statuses("bob")).to.deep.equal(["NEW", "FILLED"]);
    const bought = heard.bob?.find((m) => "executionType" in m && m.executionType === "TRADE");
    expect(bought).to.include({ commissionAmount: "0.00020000", commissionAsset: "BTC", isMaker: false });
    const ids = new Set(heard.alice?.flatMap((m) => ("orderId" in m ? [m.orderId] : [])));
    expect([...ids]).to.deep.equal([(resting as { meridianOrderId: number }).meridianOrderId]);
  });

  it("answer a stranger nothing but public data", async () => {
    const socket = await connected();
    const refused = [
      await ask(socket, "state"),
      await ask(socket, "order", order(alice)),
      await ask(socket, "cancel", { symbol: "BTCUSDT", orderId: 1 }),
      await ask(socket, "resync", {
        feed: `user/${ONE_SHARD}`,
        branch: platform.view.branch,
        seq: 0,
        index: 0,
      }),
    ];
    for (const answer of refused) expect((answer as ErrorAnswer).error.code).to.equal(-1002);
    expect(await ask(socket, "subscribe", { symbol: "BTCUSDT", channels: ["depth"] })).to.include({
      ok: true,
    });
  });

  it("let nobody act for another or on another's order", async () => {
    const mine = await connected(as(alice));
    const theirs = await connected(as(bob));
    const forged = (await ask(theirs, "order", order(alice))) as ErrorAnswer;
    expect(forged.error).to.include({ code: -9021, field: "userID" });
    const placed = (await ask(mine, "order", order(alice))) as { meridianOrderId: number; orderId: string };
    for (const name of [{ orderId: placed.meridianOrderId }, { origClientOrderId: placed.orderId }]) {
      const foreign = (await ask(theirs, "cancel", { symbol: "BTCUSDT", ...name })) as ErrorAnswer;
      expect(foreign.error.code).to.equal(-2011);
    }
    const state = (await ask(theirs, "state")) as UserState;
    expect(state).to.include({ user: "bob", account: bob.account });
    expect(state.openOrders).to.deep.equal([]);
    const canceled = await ask(mine, "cancel", { symbol: "BTCUSDT", orderId: placed.meridianOrderId });
    expect(canceled).to.include({ status: "CANCELED", origClientOrderId: placed.orderId });
  });

  it("give a user's resync only that user's messages", async () => {
    const socket = await connected(as(bob));
    const heard: number[] = [];
    socket.on("executionReport", ({ orderId }) => heard.push(orderId));
    const other = await connected(as(alice));
    const placed = (await ask(other, "order", order(alice))) as { meridianOrderId: number };
    const request = { feed: `user/${ONE_SHARD}`, branch: platform.view.branch, seq: 0, index: 0 };
    expect(await ask(socket, "resync", request)).to.include({ outcome: "missed" });
    await ask(socket, "state");
    expect(heard).to.not.include(placed.meridianOrderId);
    expect(heard.length).to.be.greaterThan(0);
    expect(await ask(socket, "resync", { ...request, branch: "other.1" })).to.include({
      outcome: "snapshot",
    });
  });

  it("take an order once, however often it is sent", async () => {
    const socket = await connected(as(alice));
    const message = order(alice);
    const first = await ask(socket, "order", message);
    expect(await ask(socket, "order", message)).to.deep.equal(first);
    const changed = (await ask(socket, "order", { ...message, quantity: 0.7 })) as ErrorAnswer;
    expect(changed.error).to.include({ code: -9004, field: "orderId" });
  });

  it("know who speaks by token, by the page's cookie and by a signed timestamp", async () => {
    const { identity } = platform;
    const { apiKey, secret } = await identity.createApiKey(alice.account, "reader", false);
    const timestamp = Date.now();
    const signature = createHmac("sha256", secret).update(`timestamp=${timestamp}`).digest("hex");
    const cookie = { extraHeaders: { cookie: `${COOKIE}=${alice.token}` } };
    for (const options of [as(alice), cookie, { auth: { apiKey, timestamp, signature } }]) {
      const state = (await ask(await connected(options), "state")) as UserState;
      expect(state.account).to.equal(alice.account);
    }
    const reader = await connected({ auth: { apiKey, timestamp, signature } });
    expect(((await ask(reader, "order", order(alice))) as ErrorAnswer).error.code).to.equal(-2015);
    expect(await refusedWith({ auth: { token: "forged" } })).to.equal(-1002);
    expect(await refusedWith({ auth: { apiKey, timestamp, signature: "0".repeat(64) } })).to.equal(-1022);
    const old = timestamp - 60_000;
    const late = createHmac("sha256", secret).update(`timestamp=${old}`).digest("hex");
    expect(await refusedWith({ auth: { apiKey, timestamp: old, signature: late } })).to.equal(-1021);
  });

  it("refuse the page's cookie from another site", async () => {
    const cookie = `${COOKIE}=${alice.token}`;
    expect(await refusedWith({ extraHeaders: { cookie, origin: "https://evil.example" } })).to.equal(-9002);
    const own = await connected({ extraHeaders: { cookie, origin: platform.url } });
    expect(((await ask(own, "state")) as UserState).user).to.equal("alice");
  });

  it("name the field that is wrong, and survive what makes no sense", async () => {
    const socket = await connected(as(alice));
    const field = async (event: keyof ClientToServerEvents, body: unknown) =>
      ((await ask(socket, event, body)) as ErrorAnswer).error.field;
    expect(await field("subscribe", { symbol: "NOPE", channels: ["trade"] })).to.equal("symbol");
    expect(await field("subscribe", { symbol: "BTCUSDT", channels: ["nope"] })).to.equal("channels");
    expect(await field("subscribe", { symbol: "BTCUSDT", channels: ["kline"], interval: "7m" })).to.equal(
      "interval",
    );
    expect(
      await field("resync", { feed: "BTCUSDT", branch: platform.view.branch, seq: 1, index: 0 }),
    ).to.equal("feed");
    expect(await field("resync", null)).to.equal("request");
    expect(await field("order", order(alice, { coinID: "NOPE" }))).to.equal("coinID");
    const untyped: { emit(event: string, ...body: unknown[]): unknown } = socket;
    untyped.emit("subscribe", 1);
    untyped.emit("order");
    expect(await ask(socket, "echo")).to.be.a("number");
  });
});

describe("sockets beyond their limits", () => {
  let platform: SocketPlatform;
  const open: ClientSocket[] = [];

  before(async () => {
    platform = await startSocketPlatform({
      limits: {
        messagesPerSecond: 0.001,
        messageBurst: 5,
        connectionsPerAccountMax: 2,
        connectionsPerAddressMax: 4,
        messageBytesMax: 2000,
      },
    });
  });
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.disconnect();
  });
  after(() => platform.stop());

  const connect = (auth: object = {}): ClientSocket => {
    const socket = connectSocket(platform.url, { reconnection: false, auth });
    open.push(socket);
    return socket;
  };

  it("are answered 'too many' and then disconnected when they send too much", async () => {
    const socket = connect();
    await eventually(() => socket.connected);
    const codes: (number | undefined)[] = [];
    const send = () =>
      socket.emit("subscribe", { symbol: "BTCUSDT", channels: ["ticker"] }, (answer) =>
        codes.push("error" in answer ? answer.error.code : undefined),
      );
    for (let sent = 0; sent < 8; sent++) send();
    await eventually(() => codes.length === 8);
    expect(codes.filter((code) => code === -1003)).to.have.length(3);
    for (let sent = 0; sent < 8; sent++) send();
    await eventually(() => !socket.connected);
  });

  it("are disconnected for a message that is too long", async () => {
    const socket = connect();
    await eventually(() => socket.connected);
    socket.emit("subscribe", { symbol: "x".repeat(5000), channels: [] }, () => {});
    await eventually(() => !socket.connected);
  });

  it("are refused when the account or the address has too many", async () => {
    const { token } = await platform.newUser("carol");
    const ends: string[] = [];
    const own = [1, 2, 3].map(() => connect({ token }));
    for (const socket of own) socket.on("disconnect", (reason) => ends.push(reason));
    await eventually(() => ends.length === 1);
    expect(ends).to.deep.equal(["io server disconnect"]);
    await eventually(() => own.filter(({ connected }) => connected).length === 2);
    let refused = 0;
    for (const socket of [1, 2, 3].map(() => connect())) socket.on("connect_error", () => refused++);
    await eventually(() => refused === 1);
  });
});

interface ErrorAnswerError extends Error {
  readonly data: { readonly code: number };
}

/** Sends any event with any body and gives the answer. */
function ask(socket: ClientSocket, event: keyof ClientToServerEvents, ...body: unknown[]): Promise<unknown> {
  return new Promise((resolve) => socket.emit(event, ...([...body, resolve] as never)));
}
