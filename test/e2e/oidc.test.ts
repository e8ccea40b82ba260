import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { io } from "socket.io-client";
import { type RunningRegion, startEmbeddedRegion } from "#local/embedded-region.ts";
import { openDoor } from "#test/support/door-client.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { AUDIENCE, startIssuer, type TestIssuer } from "#test/support/issuer.ts";

describe("a platform with an identity provider", function () {
  this.timeout(120_000);
  const folders = temporaryFolders();
  let issuer: TestIssuer;
  let region: RunningRegion;
  let token: string;

  before(async () => {
    issuer = await startIssuer();
    await issuer.rotate("k1", "ES256");
    Object.assign(process.env, { MERIDIAN_ISSUER: issuer.url, MERIDIAN_AUDIENCE: AUDIENCE });
    region = await startEmbeddedRegion({
      ...{ port: 0, dataFolder: folders.make(), faucet: true, events: true, rateLimits: "generous" },
      onFailure: (error) => {
        throw error;
      },
    });
    token = await issuer.token({ sub: "ada" });
  });
  after(async () => {
    delete process.env.MERIDIAN_ISSUER;
    delete process.env.MERIDIAN_AUDIENCE;
    await region.stop();
    issuer.close();
    folders.removeAll();
  });

  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(region.url + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const order = (orderId: string) => ({
    ...{ orderId, type: "BUY", userID: "oidc|ada", coinID: "BTC", quantity: 0.01, price: 20_000 },
  });

  it("takes its tokens over REST, for a new user too, who trades as any other", async () => {
    expect((await call("GET", "/meridian/v1/session")).body).to.include({ user: "oidc|ada" });
    expect((await call("POST", "/meridian/v1/faucet")).status).to.equal(200);
    expect((await call("POST", "/orders", order("rest-1"))).body).to.include({ status: "NEW" });
  });

  it("takes them over Socket.IO and at the serverless door, and refuses there what is forged", async () => {
    const socket = io(region.url, { auth: { token }, transports: ["websocket"] });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("connect_error", reject);
    });
    const answer = (await socket.timeout(10_000).emitWithAck("order", order("socket-1"))) as object;
    expect(JSON.stringify(answer)).to.include('"NEW"');
    socket.disconnect();
    const door = await openDoor(region.url, { token });
    door.send(order("door-1"));
    expect(await door.hears(({ kind }) => kind === "accepted")).to.include({
      orderId: "door-1",
      status: "NEW",
    });
    await door.close();
    let refused = false;
    await openDoor(region.url, { token: `${token.slice(0, -6)}AAAAAA` }).catch(() => {
      refused = true;
    });
    expect(refused).to.equal(true);
  });
});
