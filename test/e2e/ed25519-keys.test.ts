import { generateKeyPairSync, sign as signByKey } from "node:crypto";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { shiftedClock } from "#test/support/shifted-clock.ts";
import { type Answer, query, sign, startTestGateway, type TestGateway } from "./rest-gateway.ts";

const ORDER = {
  symbol: "BTCUSDT",
  side: "BUY",
  type: "LIMIT",
  timeInForce: "GTC",
  quantity: "0.01",
  price: "20000",
};

const refused = ({ status, body }: Answer, httpStatus: number, code: number, field?: string) => {
  expect({ status, code: body.code, field: body.field }).to.deep.equal({ status: httpStatus, code, field });
};

describe("Ed25519 API keys, over HTTP", () => {
  const clock = shiftedClock();
  let gateway: TestGateway;
  let token: string;

  before(async () => {
    gateway = await startTestGateway({ clock });
    const { body } = await post("/sign-up", { name: "alice", password: "correct horse battery staple" });
    token = body.token;
  });
  after(() => gateway.stop());

  const bearer = () => ({ Authorization: `Bearer ${token}` });
  const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    gateway.send("POST", `/meridian/v1${path}`, {
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const keys = async () =>
    (await gateway.send("GET", "/meridian/v1/api-keys", { headers: bearer() })).body.apiKeys;
  const remove = (apiKey: string) =>
    gateway.send("DELETE", `/meridian/v1/api-keys/${apiKey}`, { headers: bearer() });

  it("are the public half of a key pair, whose private half signs as Binance has it and never comes here", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const made = await post("/api-keys", { label: "pair", publicKey: pem }, bearer());
    expect(made.status).to.equal(201);
    expect(made.body).to.include({ label: "pair", type: "ED25519", canTrade: true });
    expect(made.body).to.not.have.property("secret");
    expect(await keys()).to.deep.equal([made.body]);
    const send = (method: string, path: string, text: string, signature: string) =>
      gateway.send(method, `${path}?${text}&signature=${signature}`, {
        headers: { "X-MBX-APIKEY": made.body.apiKey },
      });
    const base64 = (text: string, key = privateKey) =>
      signByKey(null, Buffer.from(text), key).toString("base64");
    const account = query({ timestamp: clock.now() });
    expect(
      (await send("GET", "/api/v3/account", account, encodeURIComponent(base64(account)))).status,
    ).to.equal(200);
    // As some clients send it: not percent-encoded.
    expect((await send("GET", "/api/v3/account", account, base64(account))).status).to.equal(200);
    const order = query({ ...ORDER, timestamp: clock.now() });
    expect(
      (await send("POST", "/api/v3/order/test", order, encodeURIComponent(base64(order)))).status,
    ).to.equal(200);
    const { privateKey: another } = generateKeyPairSync("ed25519");
    const right = base64(account);
    for (const wrong of [
      base64(order),
      base64(account, another),
      `A${right.slice(1)}` === right ? `B${right.slice(1)}` : `A${right.slice(1)}`,
      right.slice(0, 40),
      Buffer.from(right, "base64").toString("hex"),
      sign(pem, account),
    ])
      refused(await send("GET", "/api/v3/account", account, encodeURIComponent(wrong)), 400, -1022);
    await remove(made.body.apiKey);
    refused(await send("GET", "/api/v3/account", account, encodeURIComponent(right)), 401, -2015);
  });

  it("take no public key but Ed25519's, and no private one", async () => {
    const pair = generateKeyPairSync("ed25519");
    const curve = generateKeyPairSync("ec", { namedCurve: "P-256" });
    for (const publicKey of [
      "",
      "no key",
      "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
      curve.publicKey.export({ type: "spki", format: "pem" }).toString(),
      pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    ])
      refused(await post("/api-keys", { label: "bad", publicKey }, bearer()), 400, -9020, "publicKey");
    expect(await keys()).to.deep.equal([]);
  });
});
