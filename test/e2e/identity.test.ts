import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { shiftedClock } from "#test/support/shifted-clock.ts";
import {
  type Answer,
  query,
  SESSION_SECONDS,
  sign,
  startTestGateway,
  type TestGateway,
  type TestUser,
} from "./rest-gateway.ts";

const PASSWORD = "correct horse battery staple";
const JSON_BODY = { "Content-Type": "application/json" };
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

describe("identity, over HTTP", () => {
  const clock = shiftedClock();
  let gateway: TestGateway;

  before(async () => {
    gateway = await startTestGateway({ clock });
  });
  after(() => gateway.stop());

  const post = (path: string, body: unknown = {}, headers: Record<string, string> = {}) =>
    gateway.send("POST", `/meridian/v1${path}`, {
      headers: { ...JSON_BODY, ...headers },
      body: JSON.stringify(body),
    });
  const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
  const cookie = (token: string) => ({ Cookie: `meridian_session=${token}` });
  const whoAmI = (headers: Record<string, string>) =>
    gateway.send("GET", "/meridian/v1/session", { headers });
  const signIn = async (name: string): Promise<string> => {
    const { status, body } = await post("/sign-in", { name, password: PASSWORD });
    expect(status).to.equal(200);
    return body.token;
  };

  describe("signing up and in", () => {
    it("makes a user, and sets the session as a cookie that no script reads and no other site sends", async () => {
      const { status, body, headers } = await post("/sign-up", { name: "alice", password: PASSWORD });
      expect(status).to.equal(201);
      expect(body.user).to.equal("alice");
      expect(headers.get("Cache-Control")).to.equal("no-store");
      const set = headers.get("Set-Cookie") ?? "";
      expect(set.split("; ")).to.have.members([
        `meridian_session=${body.token}`,
        "Path=/",
        "HttpOnly",
        "SameSite=Strict",
      ]);
      for (const who of [bearer(body.token), cookie(body.token)]) {
        expect((await whoAmI(who)).body).to.deep.equal({ user: "alice", account: body.account });
      }
    });

    it("sends the cookie over TLS only where the request came over TLS", async () => {
      const secure = { "X-Forwarded-Proto": "https" };
      const { headers } = await post("/sign-up", { name: "overtls", password: PASSWORD }, secure);
      expect(headers.get("Set-Cookie")).to.contain("; Secure");
    });

    it("refuses a name that is taken, whatever its case, and names the field that is wrong", async () => {
      refused(await post("/sign-up", { name: "ALICE", password: PASSWORD }), 409, -9010, "name");
      for (const name of [
        "ab",
        "x".repeat(33),
        "with blank",
        "ünïcode",
        "a\r\nSet-Cookie: x=1",
        "a\0b",
        "",
        5,
      ]) {
        refused(await post("/sign-up", { name, password: PASSWORD }), 400, -9020, "name");
      }
      for (const password of ["short", "x".repeat(257), 12345678, null]) {
        refused(await post("/sign-up", { name: "newcomer", password }), 400, -9020, "password");
      }
      refused(await post("/sign-up", []), 400, -9020, "body");
      refused(await post("/sign-up", { name: { $ne: "" }, password: PASSWORD }), 400, -9020, "name");
      const polluting = '{"__proto__":{"name":"polluted"},"password":"long enough"}';
      const headers = { ...JSON_BODY };
      refused(
        await gateway.send("POST", "/meridian/v1/sign-up", { headers, body: polluting }),
        400,
        -9020,
        "name",
      );
      expect(({} as { name?: string }).name).to.equal(undefined);
    });

    it("tells a wrong password and an unknown name with the same words", async () => {
      const wrong = await post("/sign-in", { name: "alice", password: "wrong horse" });
      refused(wrong, 401, -9011);
      const unknown = await post("/sign-in", { name: "nobody-here", password: PASSWORD });
      expect({ status: unknown.status, body: unknown.body }).to.deep.equal({
        status: wrong.status,
        body: wrong.body,
      });
      expect(unknown.headers.get("Set-Cookie")).to.equal(null);
    });

    it("takes a password however its letters were composed", async () => {
      const composed = "caf\u00e9 caf\u00e9";
      await post("/sign-up", { name: "composer", password: composed });
      const { status } = await post("/sign-in", { name: "Composer", password: composed.normalize("NFD") });
      expect(status).to.equal(200);
    });
  });

  describe("sessions", () => {
    it("end by sign-out, wherever the token was copied to; others of the account go on", async () => {
      const [mine, other] = [await signIn("alice"), await signIn("alice")];
      const out = await post("/sign-out", {}, cookie(mine));
      expect(out.body).to.deep.equal({ ok: true });
      expect(out.headers.get("Set-Cookie")).to.match(/^meridian_session=; Path=\/; Expires=Thu, 01 Jan 1970/);
      for (const who of [bearer(mine), cookie(mine)]) refused(await whoAmI(who), 401, -1002);
      const order = { headers: { ...bearer(mine), "Content-Type": "application/x-www-form-urlencoded" } };
      refused(await gateway.send("POST", "/api/v3/order", { ...order, body: query(ORDER) }), 401, -1002);
      expect((await whoAmI(bearer(other))).status).to.equal(200);
      for (const who of [{}, bearer("nonsense"), bearer(mine)]) {
        expect((await post("/sign-out", {}, who)).status).to.equal(200);
      }
    });

    it("end everywhere at once, and one that begins right after holds", async () => {
      const tokens = [await signIn("alice"), await signIn("alice")];
      refused(await post("/sign-out", { everywhere: true }), 401, -2014);
      expect((await post("/sign-out", { everywhere: true }, bearer(tokens[0] ?? ""))).status).to.equal(200);
      const next = await signIn("alice");
      for (const token of tokens) refused(await whoAmI(bearer(token)), 401, -1002);
      expect((await whoAmI(bearer(next))).status).to.equal(200);
    });

    it("expire", async () => {
      const token = await signIn("alice");
      clock.advance((SESSION_SECONDS - 60) * 1000);
      expect((await whoAmI(bearer(token))).status).to.equal(200);
      clock.advance(61_000);
      refused(await whoAmI(bearer(token)), 401, -1002);
      refused(await whoAmI(cookie(token)), 401, -1002);
    });

    it("cannot be made up", async () => {
      const token = await signIn("alice");
      const [head = "", payload = "", signature = ""] = token.split(".");
      const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
      const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const other = encode({ ...claims, sub: String(Number(claims.sub) + 1) });
      const guessed = createHmac("sha256", "").update(`${head}.${payload}`).digest("base64url");
      for (const forged of [
        `${head}.${other}.${signature}`,
        `${encode({ alg: "none" })}.${payload}.`,
        `${encode({ alg: "none" })}.${other}.${signature}`,
        `${head}.${payload}.${guessed}`,
        `${head}.${payload}`,
        "..",
      ]) {
        refused(await whoAmI(bearer(forged)), 401, -1002);
      }
    });

    it("begin, end and act from our own pages only", async () => {
      const token = await signIn("alice");
      for (const foreign of [
        { "Sec-Fetch-Site": "cross-site" },
        { "Sec-Fetch-Site": "same-site" },
        { Origin: "https://evil.example" },
        { Origin: "null" },
      ] as Record<string, string>[]) {
        const headers = { ...cookie(token), ...foreign };
        refused(await post("/sign-up", { name: "victim", password: PASSWORD }, headers), 403, -9002);
        refused(await post("/sign-in", { name: "alice", password: PASSWORD }, headers), 403, -9002);
        refused(await post("/sign-out", {}, headers), 403, -9002);
        refused(await post("/api-keys", { label: "theirs" }, headers), 403, -9002);
        refused(await post("/faucet", {}, headers), 403, -9002);
        const gone = await gateway.send("DELETE", `/meridian/v1/api-keys/${"k".repeat(64)}`, { headers });
        refused(gone, 403, -9002);
      }
      expect((await whoAmI(cookie(token))).status).to.equal(200);
    });
  });

  describe("API keys", () => {
    const keysOf = async (token: string) =>
      (await gateway.send("GET", "/meridian/v1/api-keys", { headers: bearer(token) })).body.apiKeys;
    const signed = (
      key: { apiKey: string; secret: string },
      method: string,
      path: string,
      parameters = {},
    ) => {
      const payload = query({ ...parameters, timestamp: clock.now() });
      const headers = { "X-MBX-APIKEY": key.apiKey };
      return gateway.send(method, `${path}?${payload}&signature=${sign(key.secret, payload)}`, { headers });
    };
    const remove = (token: string, apiKey: string) =>
      gateway.send("DELETE", `/meridian/v1/api-keys/${apiKey}`, { headers: bearer(token) });

    it("live from their making to their deletion, and not a request longer", async () => {
      const token = await signIn("alice");
      const made = await post("/api-keys", { label: "  bot  " }, bearer(token));
      expect(made.status).to.equal(201);
      expect(made.body).to.include({ label: "bot", canTrade: true });
      const { secret, ...info } = made.body;
      expect(secret).to.match(/^[A-Za-z0-9]{64}$/);
      expect(await keysOf(token)).to.deep.equal([info]);

      expect((await signed(made.body, "GET", "/api/v3/account")).status).to.equal(200);
      expect((await signed(made.body, "POST", "/api/v3/order/test", ORDER)).status).to.equal(200);
      expect((await remove(token, info.apiKey)).body).to.deep.equal({ ok: true });
      refused(await signed(made.body, "GET", "/api/v3/account"), 401, -2015);
      refused(await signed(made.body, "POST", "/api/v3/order", ORDER), 401, -2015);
      refused(await remove(token, info.apiKey), 404, -9014);
      expect(await keysOf(token)).to.deep.equal([]);
    });

    it("read only where they may not trade", async () => {
      const token = await signIn("alice");
      const { body: reader } = await post("/api-keys", { label: "reader", canTrade: false }, bearer(token));
      expect((await signed(reader, "GET", "/api/v3/openOrders")).status).to.equal(200);
      refused(await signed(reader, "POST", "/api/v3/order", ORDER), 401, -2015);
      refused(await signed(reader, "POST", "/meridian/v1/faucet"), 401, -2015);
      await remove(token, reader.apiKey);
    });

    it("are managed by a signed-in person, never by a key", async () => {
      const token = await signIn("alice");
      const { body: key } = await post("/api-keys", { label: "leaked" }, bearer(token));
      refused(await signed(key, "GET", "/meridian/v1/api-keys"), 401, -1002);
      refused(await signed(key, "POST", "/meridian/v1/api-keys"), 401, -1002);
      refused(await signed(key, "DELETE", `/meridian/v1/api-keys/${key.apiKey}`), 401, -1002);
      refused(await signed(key, "GET", "/meridian/v1/session"), 401, -1002);
      await remove(token, key.apiKey);
    });

    it("are named, and bounded in number", async () => {
      const { body } = await post("/sign-up", { name: "collector", password: PASSWORD });
      for (const label of ["", "   ", "x".repeat(41), null, 5]) {
        refused(await post("/api-keys", { label }, bearer(body.token)), 400, -9020, "label");
      }
      refused(
        await post("/api-keys", { label: "x", canTrade: "yes" }, bearer(body.token)),
        400,
        -9020,
        "canTrade",
      );
      for (let count = 0; count < 20; count++) {
        expect((await post("/api-keys", { label: `key ${count}` }, bearer(body.token))).status).to.equal(201);
      }
      refused(await post("/api-keys", { label: "one more" }, bearer(body.token)), 409, -9013);
      expect(await keysOf(body.token)).to.have.length(20);
    });

    it("sign the simple order too: the body counts to the byte", async () => {
      const user = await gateway.newUser("simple", { USDT: "1000" });
      const body = JSON.stringify({ orderId: "s&signature=1", type: "BUY", userID: "simple", coinID: "BTC" });
      const send = (sent: string, signedBody = sent) => {
        const payload = `timestamp=${clock.now()}`;
        const signature = sign(user.secret, payload + signedBody);
        return gateway.send("POST", `/orders?${payload}&signature=${signature}`, {
          headers: { ...JSON_BODY, "X-MBX-APIKEY": user.apiKey },
          body: sent,
        });
      };
      const order = {
        orderId: "s-1",
        type: "BUY",
        userID: "simple",
        coinID: "BTC",
        quantity: 0.01,
        price: 20000,
      };
      const text = JSON.stringify(order);
      expect((await send(text)).body).to.include({ orderId: "s-1", status: "NEW" });
      refused(await send(text.replace("0.01", "0.02"), text), 400, -1022);
      // What looks like a signature inside a JSON text is part of it.
      refused(await send(body), 400, -9020, "orderId");
      refused(await send(body, body.replace("&signature=1", "")), 400, -1022);
    });
  });

  describe("test funds", () => {
    it("are exact, ten times an hour, and for the one who asks", async () => {
      const { body: user } = await post("/sign-up", { name: "funded", password: PASSWORD });
      const first = await post("/faucet", {}, bearer(user.token));
      expect(first.body.balances).to.deep.include({ asset: "BTC", free: "2.00000000", locked: "0.00000000" });
      expect(first.body.balances).to.deep.include({
        asset: "USDT",
        free: "100000.00000000",
        locked: "0.00000000",
      });
      for (let count = 1; count < 10; count++) {
        expect((await post("/faucet", {}, bearer(user.token))).status).to.equal(200);
      }
      const refusal = await post("/faucet", {}, bearer(user.token));
      refused(refusal, 429, -9030);
      expect(Number(refusal.headers.get("Retry-After"))).to.be.within(1, 3600);
      const { body } = await gateway.send("GET", "/api/v3/account", { headers: bearer(user.token) });
      expect(body.balances).to.deep.include({ asset: "BTC", free: "20.00000000", locked: "0.00000000" });
      refused(await post("/faucet"), 401, -2014);
    });
  });

  it("lists the markets to anybody", async () => {
    const { body } = await gateway.send("GET", "/meridian/v1/markets");
    expect(body.markets.map(({ symbol }: { symbol: string }) => symbol)).to.deep.equal([
      "BTCUSDT",
      "ETHUSDT",
      "SOLUSDT",
      "ETHBTC",
      "AAPLUSD",
    ]);
  });

  it("answers health and readiness", async () => {
    expect((await gateway.send("GET", "/healthz")).body).to.deep.equal({ status: "ok" });
    expect((await gateway.send("GET", "/readyz")).body).to.deep.equal({ ready: true, reasons: [] });
  });

  describe("at rest", () => {
    let user: TestUser;
    let files: Buffer;

    before(async () => {
      user = await gateway.newUser("keeper");
      const { folder } = gateway;
      files = Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
    });

    it("holds no password, no API secret and no session in clear, whatever the file", () => {
      expect(files.includes(user.apiKey), "the key's name is there, so the right files were read").to.equal(
        true,
      );
      expect(files.includes("keeper")).to.equal(true);
      expect(files.includes(user.secret)).to.equal(false);
      expect(files.includes(PASSWORD)).to.equal(false);
      expect(files.includes(user.token)).to.equal(false);
      for (const encoding of ["base64", "hex", "utf16le"] as const) {
        const bytes = encoding === "utf16le" ? Buffer.from(user.secret, encoding) : Buffer.from(user.secret);
        expect(files.includes(encoding === "utf16le" ? bytes : bytes.toString(encoding))).to.equal(false);
      }
    });

    it("holds passwords as scrypt hashes with their cost and a salt of their own", () => {
      const hashes = files
        .toString("latin1")
        .match(/scrypt\$32768\$8\$3\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=/g);
      expect(hashes?.length).to.be.greaterThan(1);
      // Users of one password have hashes of their own.
      const salts = new Set(hashes?.map((hash) => hash.split("$")[4]));
      expect(salts.size).to.equal(new Set(hashes).size);
    });
  });
});
