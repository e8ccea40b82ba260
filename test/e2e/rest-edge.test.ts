import { createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import type { OrderEntry, Submission } from "#services/gateway/order-entry.ts";
import { RATE_LIMITS } from "#services/gateway/rest/rate-limit-config.ts";
import { ORDER_TYPES } from "#shared/domain/order.ts";
import {
  type Answer,
  query,
  sign,
  startTestGateway,
  type TestGateway,
  type TestUser,
} from "./rest-gateway.ts";

const LIMIT = {
  symbol: "BTCUSDT",
  side: "BUY",
  type: "LIMIT",
  timeInForce: "GTC",
  quantity: "0.01",
  price: "20000",
};
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

const refused = ({ status, body }: Answer, code: number, httpStatus: number) => {
  expect({ status, code: body.code }).to.deep.equal({ status: httpStatus, code });
  expect(body.msg).to.be.a("string");
};

describe("the edge of the REST gateway", () => {
  let gateway: TestGateway;
  let user: TestUser;
  let web: string;
  let failing: Submission["ok"] extends boolean ? "overloaded" | "unknown" | "broken" | undefined : never;

  before(async () => {
    web = mkdtempSync(join(tmpdir(), "meridian-web-"));
    mkdirSync(join(web, "assets"));
    writeFileSync(join(web, "index.html"), "<!doctype html><title>page</title>");
    writeFileSync(join(web, "assets", "app-1a2b.js"), "export {};");
    const wrapEntry = (entry: OrderEntry): OrderEntry => ({
      mintOrderId: () => entry.mintOrderId(),
      commandIdOf: (account, key) => entry.commandIdOf(account, key),
      freshCommandId: (account) => entry.freshCommandId(account),
      submit: async (id, command) => {
        if (failing === "broken") throw new Error("secret detail of the inside");
        return failing === undefined ? entry.submit(id, command) : { ok: false, error: failing };
      },
    });
    gateway = await startTestGateway({ webFolder: web, wrapEntry });
    user = await gateway.newUser("edge", { USDT: "100000" });
  });
  after(async () => {
    await gateway.stop();
    rmSync(web, { recursive: true, force: true });
  });

  describe("signing", () => {
    const headers = () => ({ "X-MBX-APIKEY": user.apiKey });
    const getSigned = (payload: string, signature = sign(user.secret, payload)) =>
      gateway.send("GET", `/api/v3/account?${payload}&signature=${signature}`, { headers: headers() });
    const now = () => `timestamp=${Date.now()}`;

    it("covers the bytes as sent: percent-encoding and order stay as they are", async () => {
      // %74 is "t": decoded and encoded again, these bytes would be others.
      expect((await getSigned(`omitZeroBalances=%74rue&${now()}`)).status).to.equal(200);
      expect((await getSigned(`${now()}&omitZeroBalances=true`)).status).to.equal(200);
      const swapped = `omitZeroBalances=true&${now()}`;
      refused(
        await getSigned(swapped, sign(user.secret, swapped.split("&").reverse().join("&"))),
        -1022,
        400,
      );
    });

    it("takes the signature from anywhere, in either case of its digits", async () => {
      const time = now();
      const signature = sign(user.secret, `${time}&recvWindow=9000`);
      const middle = `/api/v3/account?${time}&signature=${signature}&recvWindow=9000`;
      expect((await gateway.send("GET", middle, { headers: headers() })).status).to.equal(200);
      const payload = now();
      expect((await getSigned(payload, sign(user.secret, payload).toUpperCase())).status).to.equal(200);
    });

    it("refuses a wrong signature, another's key, missing and stale times", async () => {
      const payload = now();
      refused(await getSigned(payload, sign("other", payload)), -1022, 400);
      refused(await getSigned(payload, "zz"), -1022, 400);
      refused(await gateway.send("GET", `/api/v3/account?${payload}`, { headers: headers() }), -1102, 400);
      refused(await getSigned("recvWindow=5000"), -1102, 400);
      refused(await getSigned(`timestamp=${Date.now() - 6000}`), -1021, 400);
      refused(await getSigned(`timestamp=${Date.now() + 5000}`), -1021, 400);
      refused(await getSigned(`${now()}&recvWindow=60001`), -1131, 400);
      const key = (apiKey: string) =>
        gateway.send("GET", `/api/v3/account?${payload}&signature=00`, {
          headers: { "X-MBX-APIKEY": apiKey },
        });
      refused(await key("short"), -2014, 401);
      refused(await key("k".repeat(64)), -2015, 401);
      refused(
        await gateway.send("GET", "/api/v3/account", { headers: { Authorization: "Bearer nonsense" } }),
        -1002,
        401,
      );
    });

    it("covers bytes that are no ASCII and no UTF-8, in query and body, before it looks at what they say", async () => {
      const post = async (signedBytes: Buffer, sentBytes = signedBytes) => {
        const signature = createHmac("sha256", user.secret).update(signedBytes).digest("hex");
        const body = Buffer.concat([sentBytes, Buffer.from(`&signature=${signature}`)]);
        return gateway.send("POST", "/api/v3/order/test", { headers: { ...headers(), ...FORM }, body });
      };
      const bytes = (tail: Buffer | string) =>
        Buffer.concat([
          Buffer.from(`${query({ ...LIMIT, timestamp: Date.now() })}&newClientOrderId=`),
          Buffer.from(tail),
        ]);
      // Signed as sent: the signature holds, and the characters are what is refused.
      refused(await post(bytes("\u20ac")), -1100, 400);
      refused(await post(bytes(Buffer.from([0xff, 0xfe]))), -1100, 400);
      // Other bytes that decode to the same replacement characters are other bytes.
      refused(await post(bytes(Buffer.from([0xff, 0xfe])), bytes(Buffer.from([0xfd, 0xfc]))), -1022, 400);
      refused(await getSigned(`omitZeroBalances=%E2%82%AC&${now()}`), -1130, 400);
    });

    it("refuses a body that was changed after it was signed", async () => {
      const payload = query({ ...LIMIT, timestamp: Date.now() });
      const body = `${payload.replace("0.01", "0.02")}&signature=${sign(user.secret, payload)}`;
      refused(
        await gateway.send("POST", "/api/v3/order", { headers: { ...headers(), ...FORM }, body }),
        -1022,
        400,
      );
    });
  });

  describe("bodies", () => {
    const bearer = () => ({ Authorization: `Bearer ${user.token}` });

    it("refuses what is too large, compressed, of another type or not JSON", async () => {
      const post = (path: string, headers: Record<string, string>, body: string | Buffer) =>
        gateway.send("POST", path, { headers: { ...bearer(), ...headers }, body });
      refused(await post("/api/v3/order", FORM, "x".repeat(40_000)), -9001, 413);
      refused(await post("/api/v3/order", { ...FORM, "Content-Encoding": "gzip" }, "x"), -9003, 415);
      refused(await post("/api/v3/order", { "Content-Type": "application/json" }, "{}"), -9003, 415);
      refused(await post("/orders", FORM, "orderId=1"), -9003, 415);
      refused(await post("/orders", { "Content-Type": "application/json" }, '{"orderId":'), -1135, 400);
      refused(await post("/api/v3/order", FORM, "symbol=%ff"), -1100, 400);
      refused(await post("/api/v3/order", FORM, "symbol=BTCUSDT&symbol=BTCUSDT"), -1101, 400);
    });
  });

  describe("parameters made to hurt", () => {
    const info = (text: string) => gateway.send("GET", `/api/v3/exchangeInfo?${text}`);
    const klines = (text: string) => gateway.send("GET", `/api/v3/klines?symbol=BTCUSDT&${text}`);

    it("are refused by name and never reach an object's insides", async () => {
      for (const name of ["__proto__", "constructor", "toString", "symbol[]", "symbol[$ne]", "%00"]) {
        refused(await info(`${name}=BTCUSDT`), -1103, 400);
      }
      for (const symbol of [
        "__proto__",
        "constructor",
        "BTC%E2%82%AC",
        "BTCUSDT%0d%0aX-Evil:1",
        "%00",
        "btcusdt",
      ]) {
        const answer = await info(`symbol=${symbol}`);
        refused(answer, -1100, 400);
        expect(answer.headers.get("X-Evil")).to.equal(null);
      }
      refused(await info("symbol=BTCUSDT&symbol=ETHUSDT"), -1101, 400);
      refused(await info("symbol=BTCUSDT&%73ymbol=ETHUSDT"), -1101, 400);
      refused(await info("symbol="), -1105, 400);
      refused(await info("timestamp=1"), -1104, 400);
    });

    it("are refused where they are too large, and harmless where they are only far away", async () => {
      for (const limit of ["0", "-1", "1e3", "9007199254740993", "99999999999999999999999"]) {
        const { status } = await gateway.send("GET", `/api/v3/depth?symbol=BTCUSDT&limit=${limit}`);
        expect(status, limit).to.equal(400);
      }
      for (const span of [
        "startTime=9007199254740991",
        "startTime=8640000000000001",
        "endTime=0",
        "startTime=0",
      ]) {
        for (const interval of ["1m", "1w", "1M"]) {
          expect((await klines(`interval=${interval}&${span}`)).body, `${interval} ${span}`).to.deep.equal(
            [],
          );
        }
      }
      const order = { ...LIMIT, quantity: "99999999999999999999" };
      refused(await gateway.signed(user, "POST", "/api/v3/order", order), -1013, 400);
      refused(
        await gateway.signed(user, "POST", "/api/v3/order", { ...LIMIT, price: "1".repeat(21) }),
        -1100,
        400,
      );
      refused(
        await gateway.signed(user, "POST", "/api/v3/order", { ...LIMIT, quantity: "\u0661" }),
        -1100,
        400,
      );
    });
  });

  describe("trouble inside", () => {
    const place = (headers = {}) => gateway.signed(user, "POST", "/api/v3/order", LIMIT, headers);

    it("says when nothing was taken, and when it is not known", async () => {
      failing = "overloaded";
      const overloaded = await place();
      refused(overloaded, -1008, 503);
      expect(overloaded.headers.get("Retry-After")).to.equal("1");
      failing = "unknown";
      refused(await place(), -1007, 504);
      failing = undefined;
    });

    it("tells a client nothing of a fault but its code and the request's id", async () => {
      failing = "broken";
      const answer = await place();
      refused(answer, -1000, 500);
      expect(JSON.stringify(answer.body)).not.to.contain("secret");
      expect(answer.headers.get("X-Request-Id")).to.match(/^[0-9a-z]+-[0-9a-z]+$/);
      failing = undefined;
    });

    it("counts no order that was not taken", async () => {
      const count = async () => (await gateway.signed(user, "GET", "/api/v3/rateLimit/order")).body[1].count;
      const before = await count();
      failing = "overloaded";
      await place();
      failing = undefined;
      await gateway.signed(user, "POST", "/api/v3/order", { ...LIMIT, price: "1" });
      expect(await count()).to.equal(before);
    });
  });

  describe("limits", () => {
    it("answers 429 beyond the weight of a minute, then 418 to who goes on; other addresses are not touched", async () => {
      const small = await startTestGateway({ rateLimits: { ...RATE_LIMITS.binance, weightPerMinute: 100 } });
      try {
        const from = (address: string) =>
          small.send("GET", "/api/v3/exchangeInfo", { headers: { "X-Forwarded-For": address } });
        for (let used = 20; used <= 100; used += 20) {
          const { status, headers } = await from("203.0.113.7");
          expect(status).to.equal(200);
          expect(headers.get("X-MBX-USED-WEIGHT-1M")).to.equal(String(used));
        }
        const limited = await from("203.0.113.7");
        refused(limited, -1003, 429);
        expect(limited.body.msg).to.contain("current limit is 100 request weight per 1 MINUTE");
        expect(Number(limited.headers.get("Retry-After"))).to.be.within(1, 60);
        expect((await from("203.0.113.8")).status).to.equal(200);
        let answer = limited;
        for (let count = 0; count < 30 && answer.status === 429; count++) answer = await from("203.0.113.7");
        refused(answer, -1003, 418);
        expect(Number(answer.headers.get("Retry-After"))).to.be.within(100, 120);
        expect((await from("2001:db8:1:2::1")).status).to.equal(200);
      } finally {
        await small.stop();
      }
    });

    it("answers 429 to an account that places too many orders", async () => {
      const small = await startTestGateway({
        rateLimits: { ...RATE_LIMITS.generous, ordersPer10Seconds: 2 },
      });
      try {
        const trader = await small.newUser("busy", { USDT: "100000" });
        const other = await small.newUser("calm", { USDT: "100000" });
        const place = (who: TestUser) => small.signed(who, "POST", "/api/v3/order", LIMIT);
        const answers = await Promise.all([
          place(trader),
          small.signed(trader, "POST", "/api/v3/order", { ...LIMIT, price: "20001" }),
        ]);
        expect(answers.map(({ status }) => status)).to.deep.equal([200, 200]);
        const limited = await place(trader);
        refused(limited, -1015, 429);
        expect(limited.body.msg).to.equal("Too many new orders; current limit is 2 orders per 10 SECOND.");
        expect((await place(other)).status).to.equal(200);
      } finally {
        await small.stop();
      }
    });
  });

  describe("documents and pages", () => {
    it("serves an OpenAPI document of every route, with the parameters that are checked", async () => {
      const { body } = await gateway.send("GET", "/openapi.json");
      expect(body.openapi).to.equal("3.1.0");
      const order = body.paths["/api/v3/order"];
      expect(order).to.have.all.keys("get", "post", "delete");
      const form = order.post.requestBody.content["application/x-www-form-urlencoded"].schema;
      expect(form.required).to.have.members(["symbol", "side", "type"]);
      expect(form.properties.type.enum).to.deep.equal([...ORDER_TYPES]);
      const depth = body.paths["/api/v3/depth"].get.parameters;
      expect(depth).to.deep.include({
        name: "limit",
        in: "query",
        required: false,
        description: "Default 100; at most 5000, larger values are cut.",
        schema: { type: "string", pattern: "^[0-9]{1,20}$" },
      });
      expect(body.paths).to.include.keys("/orders", "/api/v3/klines", "/sapi/v1/asset/tradeFee");
    });

    it("serves a page about it, without a script, under a strict policy", async () => {
      const { body, headers } = await gateway.send("GET", "/docs");
      expect(body)
        .to.contain("/api/v3/order/amend/keepPriority")
        .and.not.contain("<script")
        .and.not.contain("style=");
      const policy = headers.get("Content-Security-Policy") ?? "";
      expect(policy)
        .to.contain("script-src 'self'")
        .and.contain("connect-src 'self' ws: wss:")
        .and.contain("frame-ancestors 'none'");
      expect(policy.split(";").find((part) => part.startsWith("script-src"))).not.to.contain("unsafe");
      expect(headers.get("X-Powered-By")).to.equal(null);
      expect((await gateway.send("GET", "/docs/style.css")).body).to.contain("prefers-color-scheme");
    });

    it("serves the page at every address of its own, hashed files for ever, and 404 in the envelope elsewhere", async () => {
      const html = { Accept: "text/html" };
      for (const path of ["/", "/markets/BTCUSDT"]) {
        const { body, headers } = await gateway.send("GET", path, { headers: html });
        expect(body).to.contain("<title>page</title>");
        expect(headers.get("Cache-Control")).to.equal("no-cache");
      }
      const asset = await gateway.send("GET", "/assets/app-1a2b.js");
      expect(asset.headers.get("Cache-Control")).to.equal("public, max-age=31536000, immutable");
      for (const path of ["/api/v3/nothing", "/assets/gone.js", "/meridian/v1/nothing", "/orders/1"]) {
        refused(await gateway.send("GET", path, { headers: html }), -9000, 404);
      }
      refused(await gateway.send("GET", "/markets"), -9000, 404);
      refused(await gateway.send("GET", "/%zz"), -1100, 400);
      const range = { Range: "bytes=900-" };
      refused(await gateway.send("GET", "/assets/app-1a2b.js", { headers: range }), -9005, 416);
      for (const path of [
        "/assets",
        "/.env",
        "/assets/%00.js",
        "//evil.example/a",
        "/..%5c..%5cpackage.json",
      ]) {
        const { status, headers } = await gateway.send("GET", path, { headers: html });
        expect({ path, status, location: headers.get("Location") }).to.deep.equal({
          path,
          status: 404,
          location: null,
        });
      }
      refused(await gateway.send("GET", "/..%2f..%2fpackage.json", { headers: html }), -9000, 404);
    });
  });
});
