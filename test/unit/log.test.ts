import { readFileSync } from "node:fs";
import { expect } from "chai";
import { describe, it } from "mocha";
import { createLog, type LogOptions } from "#shared/telemetry/create-log.ts";
import { EVENT_FIELDS, type LogFields } from "#shared/telemetry/log-fields.ts";
import { logIndexTemplate } from "#shared/telemetry/log-template.ts";
import { unmappedFields } from "#test/support/log-template-check.ts";
import { traceContext } from "#test/support/trace-context.ts";

const CONTEXT = traceContext("0af7651916cd43dd8448eb211c80319c");
const KEY = "Aa1".repeat(21).padEnd(64, "z");
const TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJl";
const OPERATOR = "only-the-operator-knows";

/** Lines that are written while `work` logs. */
function linesOf(
  work: (log: ReturnType<typeof createLog>) => void,
  options: Partial<LogOptions> = {},
): string[] {
  const lines: string[] = [];
  work(createLog({ service: "gateway", level: "debug", write: (line) => lines.push(line), ...options }));
  return lines;
}

describe("a line of the log", () => {
  it("is one JSON object with when, who, what, the trace and the event's fields", () => {
    const [line = ""] = linesOf((log) => log.warn({ shard: "crypto-1", seq: 7 }, "zone-failover"), {
      region: "us-east-1",
      trace: () => CONTEXT,
    });
    const { "@timestamp": at, pid, ...rest } = JSON.parse(line);
    expect(new Date(at).toISOString()).to.equal(at);
    expect(pid).to.equal(process.pid);
    expect(rest).to.deep.equal({
      ...{ level: "warn", event: "zone-failover", service: "gateway", region: "us-east-1" },
      ...{ traceId: CONTEXT.traceId, spanId: CONTEXT.spanId, shard: "crypto-1", seq: 7 },
    });
  });

  it("has what was thrown as name, message and stack, whatever it was", () => {
    const lines = linesOf((log) => {
      log.error({ err: new TypeError("no") }, "request-failed");
      log.error({ err: "a text" }, "request-failed");
    });
    const [first, second] = lines.map((line) => JSON.parse(line).error);
    expect(first).to.include({ name: "TypeError", message: "no" });
    expect(first.stack).to.contain("log.test.ts");
    expect(second).to.include({ name: "Error", message: "a text" });
  });

  it("is not written below the level", () => {
    expect(linesOf((log) => log.info({}, "ledger-agrees"), { level: "warn" })).to.deep.equal([]);
  });

  it("never holds a secret, in whatever field or error it comes", () => {
    const texts = [
      `DELETE /meridian/v1/api-keys/${KEY}`,
      `Authorization: Bearer ${TOKEN}`,
      `authorization=Bearer abc.def`,
      `{"password":"correct horse","name":"ada"}`,
      `symbol=BTCUSDT&signature=${"0f".repeat(32)}`,
      `cookie: meridian_session=${TOKEN}; other=1`,
      `MERIDIAN_FANOUT_TOKEN=abcdefgh is bad`,
      `sent ${OPERATOR} to the gateway`,
    ];
    const lines = linesOf(
      (log) => {
        for (const text of texts)
          log.error({ path: text, reason: text, err: new Error(text) }, "request-failed");
      },
      { secrets: [OPERATOR] },
    );
    expect(lines).to.have.length(texts.length);
    for (const line of lines)
      for (const secret of [KEY, TOKEN, "correct horse", "0f0f", "abc.def", "abcdefgh", OPERATOR])
        expect(line).not.to.contain(secret);
    expect(lines.join("")).to.contain("symbol=BTCUSDT").and.to.contain('\\"name\\":\\"ada\\"');
  });

  it("is plain for a person, with the stack of what failed", () => {
    const [warned = ""] = linesOf((log) => log.warn({ from: "a", to: "b" }, "zone-failover"), {
      region: "us-east-1",
      isPlain: true,
    });
    expect(warned).to.match(/^\d\d:\d\d:\d\d\.\d{3} warn {2}us-east-1 zone-failover from=a to=b\n$/);
    const [failed = ""] = linesOf((log) => log.error({ err: new Error("no") }, "request-failed"), {
      isPlain: true,
    });
    expect(failed).to.match(/^\S+ error gateway request-failed Error: no\n\s+at /);
  });
});

describe("the index template of the logs", () => {
  it("is what is checked in; `npm run log-template` writes it", () => {
    const file = new URL("../../infra/observability/log-index-template.json", import.meta.url);
    expect(JSON.parse(readFileSync(file, "utf8"))).to.deep.equal(logIndexTemplate());
  });

  it("has every field that can be logged", () => {
    const all = Object.fromEntries(
      Object.entries(EVENT_FIELDS).map(([name, { type }]) => [name, type === "long" ? 1 : "x"]),
    ) as LogFields;
    const lines = linesOf((log) => log.error({ ...all, err: new Error("x") }, "request-failed"), {
      region: "us-east-1",
      zone: "a",
      trace: () => CONTEXT,
    });
    expect(unmappedFields(lines)).to.deep.equal([]);
    expect(unmappedFields(['{"shard":"a","surprise":1,"error":{"name":"x","other":1}}'])).to.deep.equal([
      "surprise",
      "error.other",
    ]);
  });
});
