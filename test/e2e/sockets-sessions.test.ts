import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { eventually } from "#test/support/eventually.ts";
import { type ClientSocket, connectSocket } from "./feed-recorder.ts";
import { sign } from "./rest-gateway.ts";
import { type SocketPlatform, startSocketPlatform } from "./socket-platform.ts";

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
