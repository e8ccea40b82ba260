import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  type Fault,
  type FaultRule,
  SERVICE_UNAVAILABLE,
  THROTTLED_BY_KINESIS,
} from "#local/aws-local/fault.ts";
import { type FaultProxy, startFaultProxy } from "#local/aws-local/fault-proxy.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { eventually } from "#test/support/eventually.ts";

describe("the fault proxy", () => {
  let server: Server;
  let proxy: FaultProxy;
  /** The bodies that reached the server. */
  let effects: string[];

  beforeEach(async () => {
    effects = [];
    patienceMs = 60_000;
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        effects.push(body);
        response.setHeader("x-server", "real").end(`did ${body}`);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    proxy = await startFaultProxy({ target, clock: systemClock() });
  });
  afterEach(async () => {
    await proxy.close();
    server.closeAllConnections();
    server.close();
  });

  /** How long a client waits: for ever, as far as the tests go, but where no answer is what they are about. */
  let patienceMs: number;
  const ask = async (body: string, operation = "Put", contentType = "application/x-amz-json-1.1") => {
    const headers = { "x-amz-target": `Service.${operation}`, "content-type": contentType };
    const signal = AbortSignal.timeout(patienceMs);
    const response = await fetch(proxy.url, { method: "POST", headers, body, signal });
    return { status: response.status, text: await response.text(), server: response.headers.get("x-server") };
  };
  const outcomeOf = (asked: Promise<{ readonly status: number }>) =>
    asked.then(
      ({ status }) => String(status),
      (error: Error) => (error.name === "TimeoutError" ? "no answer" : "broken"),
    );
  const once1 = (fault: Fault, rule: Partial<FaultRule> = {}) => proxy.add({ fault, times: 1, ...rule });

  it("passes everything on as it is, and counts operations", async () => {
    expect(await ask("a")).to.deep.equal({ status: 200, text: "did a", server: "real" });
    await ask("b", "Get");
    expect([proxy.requests("Put"), proxy.requests("Get"), proxy.requests("List")]).to.deep.equal([1, 1, 0]);
  });

  const kinds: Record<string, { fault: Fault; client: string; effects: string[] }> = {
    "answers an error without effect": {
      fault: { kind: "error", answer: THROTTLED_BY_KINESIS },
      ...{ client: "400", effects: [] },
    },
    "answers an error after the effect": {
      fault: { kind: "error", answer: SERVICE_UNAVAILABLE, afterEffect: true },
      ...{ client: "503", effects: ["a"] },
    },
    "never answers, without effect": {
      fault: { kind: "silence", afterEffect: false },
      ...{ client: "no answer", effects: [] },
    },
    "never answers, after the effect": {
      fault: { kind: "silence", afterEffect: true },
      ...{ client: "no answer", effects: ["a"] },
    },
    "breaks the connection, without effect": {
      fault: { kind: "cut", afterEffect: false },
      ...{ client: "broken", effects: [] },
    },
    "breaks the connection, after the effect": {
      fault: { kind: "cut", afterEffect: true },
      ...{ client: "broken", effects: ["a"] },
    },
    "sends it twice": { fault: { kind: "duplicate" }, client: "200", effects: ["a", "a"] },
    "sends it later": { fault: { kind: "delay", delayMs: 5 }, client: "200", effects: ["a"] },
  };
  for (const [what, { fault, client, effects: expected }] of Object.entries(kinds)) {
    it(`${what}, once, and then passes on`, async () => {
      const rule = once1(fault);
      if (client === "no answer") patienceMs = 500;
      expect(await outcomeOf(ask("a"))).to.equal(client);
      patienceMs = 60_000;
      expect(effects).to.deep.equal(expected);
      expect(await outcomeOf(ask("b"))).to.equal("200");
      expect(rule.count).to.equal(1);
    });
  }

  it("lets a request arrive after later ones were answered", async () => {
    once1({ kind: "late", behind: 2 });
    expect(await outcomeOf(ask("a"))).to.equal("broken");
    for (const body of ["b", "c", "d"]) await ask(body);
    await eventually(() => effects.length === 4);
    expect(effects.indexOf("a"), effects.join(" ")).to.be.greaterThan(1);
  });

  it("sends on a part, and answers for the whole", async () => {
    const split = (body: Buffer) => ({
      forwarded: body.subarray(0, 1),
      answer: (given: Buffer) => Buffer.from(`${given.toString()}, not ${body.subarray(1).toString()}`),
    });
    once1({ kind: "partial", split });
    expect((await ask("ab")).text).to.equal("did a, not b");
    expect(effects).to.deep.equal(["a"]);
  });

  it("says errors in the words of the protocol that it was asked in", async () => {
    proxy.add({ fault: { kind: "error", answer: THROTTLED_BY_KINESIS } });
    expect(JSON.parse((await ask("a")).text)).to.have.property("__type", THROTTLED_BY_KINESIS.code);
    const query = "application/x-www-form-urlencoded";
    expect((await ask("Action=Publish", "Publish", query)).text).to.contain(
      `<Code>${THROTTLED_BY_KINESIS.code}</Code>`,
    );
  });

  it("applies a rule to its operation, when it says so, as often as it says", async () => {
    const rule = proxy.add({
      ...{ fault: { kind: "error", answer: SERVICE_UNAVAILABLE }, operation: "Put", times: 2 },
      when: ({ count }) => count % 2 === 0,
    });
    const statuses: number[] = [];
    for (let number = 1; number <= 6; number++) statuses.push((await ask("a")).status);
    expect(statuses).to.deep.equal([200, 503, 200, 503, 200, 200]);
    expect([(await ask("a", "Get")).status, rule.count]).to.deep.equal([200, 2]);
  });

  it("cannot be reached while it is told so, and can again afterwards", async () => {
    proxy.setUnreachable(true);
    expect(await outcomeOf(ask("a"))).to.equal("broken");
    expect([effects, proxy.refused > 0]).to.deep.equal([[], true]);
    await proxy.heal();
    expect(await outcomeOf(ask("a"))).to.equal("200");
  });

  it("sends out what it held back when it heals", async () => {
    once1({ kind: "late", behind: 100 });
    await outcomeOf(ask("a"));
    await proxy.heal();
    expect(effects).to.deep.equal(["a"]);
  });
});
