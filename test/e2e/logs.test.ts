import { createHmac } from "node:crypto";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { assert } from "#shared/domain/invariant.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { unmappedFields } from "#test/support/log-template-check.ts";
import { type OtlpReceiver, startOtlpReceiver } from "#test/support/otlp-receiver.ts";
import { tryPlatformProcess } from "#test/support/platform-process.ts";

const OPERATOR_TOKEN = "only-the-operator-has-this";
const PASSWORD = "correct horse battery";
const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

describe("the log of real processes, at its most talkative", function () {
  this.timeout(180_000);
  const folders = temporaryFolders();
  let receiver: OtlpReceiver;
  let output = "";
  let lines: string[] = [];
  const secrets: string[] = [OPERATOR_TOKEN, PASSWORD];

  before(async () => {
    receiver = await startOtlpReceiver();
    const env = {
      MERIDIAN_LOG: "debug",
      MERIDIAN_OPERATOR_TOKEN: OPERATOR_TOKEN,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    };
    const args = ["--port", "0", "--regions", "1", "--no-bots", "--data", folders.make()];
    const platform = await tryPlatformProcess(args, { env });
    assert("url" in platform, `the platform starts: ${JSON.stringify(platform)}`);
    await sendEverySecret(platform.url);
    const { stdout, stderr } = await platform.kill("SIGINT");
    output = stdout + stderr;
    lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  });
  after(async () => {
    await receiver.close();
    folders.removeAll();
  });

  /** Every kind of secret is made, sent, and sent where it is wrong. */
  const sendEverySecret = async (url: string) => {
    const call = async (method: string, path: string, headers: Record<string, string>, body?: object) => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { "Content-Type": "application/json", traceparent: TRACEPARENT, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return (await response.json()) as Record<string, string>;
    };
    const user = { name: "ada", password: PASSWORD };
    const { token = "" } = await call("POST", "/meridian/v1/sign-up", {}, user);
    const bearer = { Authorization: `Bearer ${token}` };
    await call("POST", "/meridian/v1/sign-in", {}, { ...user, password: `${PASSWORD} no` });
    const key = await call("POST", "/meridian/v1/api-keys", bearer, { label: "bot", canTrade: true });
    const { apiKey = "", secret: secretKey = "" } = key;
    const query = `timestamp=${Date.now()}`;
    const signature = createHmac("sha256", secretKey).update(query).digest("hex");
    const signed = `/api/v3/account?${query}&signature=${signature}`;
    await call("GET", signed, { "X-MBX-APIKEY": apiKey });
    const hook = { url: "https://example.com/hook" };
    const { secret = "" } = await call("POST", "/meridian/v1/webhooks", bearer, hook);
    await call("DELETE", `/meridian/v1/api-keys/${apiKey}`, bearer);
    await call("GET", `/no/such/path/${secretKey}/${token}`, {});
    const market = "/meridian/v1/markets/BTCUSDT/state";
    await call("POST", market, { Authorization: `Bearer ${OPERATOR_TOKEN}` }, { state: "HALT" });
    for (const made of [token, apiKey, secretKey, signature, secret]) {
      assert(made.length >= 64, "the platform made the secret that is looked for");
      secrets.push(made);
    }
  };

  it("holds none of the secrets that were used: passwords, tokens, keys, signatures, the operator's, a webhook's", () => {
    expect(lines.length).to.be.greaterThan(10);
    for (const secret of secrets) expect(output).not.to.contain(secret);
    expect(output).to.contain("/meridian/v1/api-keys/[redacted]");
  });

  it("is of JSON objects alone, whose every field the index template knows", () => {
    expect(unmappedFields(lines)).to.deep.equal([]);
    for (const line of lines)
      expect(JSON.parse(line)).to.include.keys("@timestamp", "level", "event", "service", "region", "pid");
  });

  it("names trace, shard, branch and seq where it has them", () => {
    const said = lines.map((line) => JSON.parse(line));
    const answered = said.filter(({ event }) => event === "request-answered");
    expect(answered.some(({ traceId }) => traceId === TRACEPARENT.split("-")[1])).to.equal(true);
    const routes = said.filter(({ event }) => event === "route-changed");
    expect(routes.map(({ shard }) => shard)).to.include.members(["crypto-1", "crypto-2", "equity-1"]);
    for (const route of routes) expect(route).to.include.keys("branch", "seq", "route");
  });
});
