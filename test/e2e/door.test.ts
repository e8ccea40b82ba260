import { execFile } from "node:child_process";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { after, afterEach, before, describe, it } from "mocha";
import { type RunningRegion, startEmbeddedRegion } from "#local/embedded-region.ts";
import { type DoorClient, openDoor } from "#test/support/door-client.ts";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";

const run = promisify(execFile);

describe("the serverless door, embedded", function () {
  this.timeout(120_000);
  const folders = temporaryFolders();
  const open: DoorClient[] = [];
  let region: RunningRegion;
  let ada: TestTrader;
  let bob: TestTrader;

  before(async () => {
    region = await startEmbeddedRegion({
      port: 0,
      dataFolder: folders.make(),
      faucet: true,
      events: true,
      rateLimits: "generous",
      onFailure: (error) => {
        throw error;
      },
    });
    ada = await signUpTrader(region.url, "ada");
    bob = await signUpTrader(region.url, "bob");
  });
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });
  after(async () => {
    await region.stop();
    folders.removeAll();
  });

  const enter = async (query: Record<string, string>) => {
    const client = await openDoor(region.url, query);
    open.push(client);
    return client;
  };
  const order = (orderId: string, userID: string, type: "BUY" | "SELL", price: number) => ({
    ...{ orderId, type, userID, coinID: "BTC", quantity: 0.01, price },
  });
  /** A key of ada's, with what signs its requests. */
  const keyOf = async (more: object = {}) => {
    const response = await fetch(`${region.url}/meridian/v1/api-keys`, {
      method: "POST",
      headers: { Authorization: `Bearer ${ada.token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ label: "bot", ...more }),
    });
    return (await response.json()) as { apiKey: string; secret?: string; type: string };
  };
  const payloadOf = (apiKey: string) => ({ apiKey, timestamp: String(Date.now()) });
  const signedText = (query: Record<string, string>) => new URLSearchParams(query).toString();

  it("takes a simple order of who has a session, says that it waits, and how it ended", async () => {
    const client = await enter({ token: ada.token });
    client.send(order("waits-1", "ada", "BUY", 20_000));
    const accepted = await client.hears(({ kind }) => kind === "accepted");
    expect(accepted).to.include({ orderId: "waits-1", side: "buy", symbol: "BTCUSDT", status: "NEW" });
    const waits = await client.hears(({ kind }) => kind === "no match");
    expect(waits).to.include({
      orderId: "waits-1",
      meridianOrderId: accepted.meridianOrderId,
      final: true,
      ended: false,
    });
    expect(waits.event).to.match(/^crypto-1\//);
    await ada.delete("/api/v3/order", { symbol: "BTCUSDT", origClientOrderId: "waits-1" });
    const ended = await client.hears(({ kind }) => kind === "other");
    expect(ended).to.include({ orderId: "waits-1", status: "CANCELED", final: true, ended: true });
  });

  it("tells both sides of a match, each at its own connection and of its own order", async () => {
    const [buyer, seller] = [await enter({ token: ada.token }), await enter({ token: bob.token })];
    buyer.send(order("meets-1", "ada", "BUY", 30_000));
    await buyer.hears(({ kind }) => kind === "accepted");
    seller.send(order("meets-2", "bob", "SELL", 30_000));
    const taken = await seller.hears(({ kind }) => kind === "accepted");
    expect(taken).to.include({ side: "sell", status: "FILLED", executedQuantity: "0.01000000" });
    for (const [client, orderId] of [
      [buyer, "meets-1"],
      [seller, "meets-2"],
    ] as const) {
      const match = await client.hears(({ kind }) => kind === "match");
      expect(match).to.include({
        orderId,
        price: "30000.00",
        quantity: "0.01000000",
        final: true,
        ended: true,
      });
    }
    expect(buyer.heard.filter(({ orderId }) => orderId === "meets-2")).to.deep.equal([]);
  });

  it("answers the same message sent again with the first outcome, and still tells what becomes of it", async () => {
    const first = await enter({ token: ada.token });
    first.send(order("again-1", "ada", "BUY", 20_000));
    const { meridianOrderId } = await first.hears(({ kind }) => kind === "accepted");
    await first.close();
    const second = await enter({ token: ada.token });
    second.send(order("again-1", "ada", "BUY", 20_000));
    const again = await second.hears(({ kind }) => kind === "accepted");
    expect(again.meridianOrderId).to.equal(meridianOrderId);
    await ada.delete("/api/v3/order", { symbol: "BTCUSDT", origClientOrderId: "again-1" });
    await second.hears(({ kind, status }) => kind === "other" && status === "CANCELED");
  });

  it("refuses what is no order, what is for somebody else and what the engine refuses, in the words of the catalogue", async () => {
    const client = await enter({ token: ada.token });
    client.send("{");
    client.send({ ...order("bad-1", "ada", "BUY", 20_000), pirce: 1 });
    client.send(order("bad-2", "bob", "BUY", 20_000));
    client.send({ ...order("bad-3", "ada", "SELL", 90_000), quantity: 5000 });
    await eventually(() => client.heard.length === 4);
    expect(
      client.heard.map(({ kind, orderId, code, field }) => ({ kind, orderId, code, field })),
    ).to.deep.equal([
      { kind: "refused", orderId: undefined, code: -1135, field: undefined },
      { kind: "refused", orderId: undefined, code: -9020, field: "pirce" },
      { kind: "refused", orderId: "bad-2", code: -9021, field: "userID" },
      { kind: "refused", orderId: "bad-3", code: client.heard[3]?.code, field: undefined },
    ]);
    expect(client.heard[3]?.code).to.be.oneOf([-2010, -1013]);
  });

  it("lets in a key's signed query, by HMAC and by Ed25519, and acts for it until the key is deleted", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const hmac = await keyOf();
    const pair = await keyOf({ publicKey: pem });
    expect(pair.type).to.equal("ED25519");
    expect(pair.secret).to.equal(undefined);
    const byHmac = payloadOf(hmac.apiKey);
    const byPair = payloadOf(pair.apiKey);
    const queries = [
      {
        ...byHmac,
        signature: createHmac("sha256", hmac.secret ?? "")
          .update(signedText(byHmac))
          .digest("hex"),
      },
      { ...byPair, signature: sign(null, Buffer.from(signedText(byPair)), privateKey).toString("base64") },
    ];
    for (const [at, query] of queries.entries()) {
      const client = await enter(query);
      client.send(order(`key-${at}`, "ada", "BUY", 20_000));
      await client.hears(({ kind }) => kind === "no match");
      await fetch(`${region.url}/meridian/v1/api-keys/${query.apiKey}`, {
        method: "DELETE",
        headers: { Authorization: `Bearer ${ada.token}` },
      });
      client.send(order(`key-${at}-gone`, "ada", "BUY", 20_000));
      expect(await client.hears(({ kind }) => kind === "refused")).to.include({ code: -2015 });
    }
  });

  it("takes no order of a key that only reads", async () => {
    const key = await keyOf({ canTrade: false });
    const query = payloadOf(key.apiKey);
    const signature = createHmac("sha256", key.secret ?? "")
      .update(signedText(query))
      .digest("hex");
    const client = await enter({ ...query, signature });
    client.send(order("reads-1", "ada", "BUY", 20_000));
    expect(await client.hears(({ kind }) => kind === "refused")).to.include({ code: -2015 });
  });

  it("refuses who does not say who it is, with status and words", async () => {
    const refusal = (query: string) =>
      new Promise<{ status: number | undefined; code: number }>((resolve, reject) => {
        const asked = request(`${region.url}/door${query}`, {
          headers: {
            Connection: "Upgrade",
            Upgrade: "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
          },
        });
        asked.once("error", reject);
        asked.once("upgrade", (_response, socket) => {
          socket.destroy();
          reject(new Error("it was let in"));
        });
        asked.once("response", (response) => {
          let text = "";
          response.on("data", (chunk) => (text += String(chunk)));
          response.on("end", () =>
            resolve({ status: response.statusCode, code: (JSON.parse(text) as { code: number }).code }),
          );
        });
        asked.end();
      });
    expect(await refusal("")).to.deep.equal({ status: 401, code: -1002 });
    expect(await refusal("?token=nonsense")).to.deep.equal({ status: 401, code: -1002 });
    const key = await keyOf();
    const wrong = new URLSearchParams({ ...payloadOf(key.apiKey), signature: "00".repeat(32) });
    expect(await refusal(`?${wrong}`)).to.deep.equal({ status: 400, code: -1022 });
  });

  it("ends with the session: who signed out places nothing more", async () => {
    const eve = await signUpTrader(region.url, "eve");
    const client = await enter({ token: eve.token });
    await fetch(`${region.url}/meridian/v1/sign-out`, {
      method: "POST",
      headers: { Authorization: `Bearer ${eve.token}`, "Content-Type": "application/json" },
      body: "{}",
    });
    client.send(order("late-1", "eve", "BUY", 20_000));
    expect(await client.hears(({ kind }) => kind === "refused")).to.include({ code: -1002 });
  });

  it("runs the documented example as it is written", async () => {
    const page = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8");
    const [, code = ""] = /## The serverless door[\s\S]*?```js\n([\s\S]*?)```/.exec(page) ?? [];
    const program = join(folders.make(), "bot.mjs");
    writeFileSync(program, code.replaceAll("localhost:8080", new URL(region.url).host));
    const { stdout } = await run(process.execPath, [program], {
      env: { ...process.env, TOKEN: ada.token, NAME: "ada" },
    });
    expect(stdout)
      .to.match(/accepted NEW/)
      .and.match(/no match/);
  });
});
