import { expect } from "chai";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import type { AuditEntry, AuditTrail } from "#shared/ports/audit-trail.ts";
import { OPERATOR_TOKEN, startTestGateway, type TestGateway } from "./rest-gateway.ts";

const HALT = "/meridian/v1/markets/BTCUSDT/state";
const AUDIT = "/meridian/v1/operator/audit";

describe("the operators' desk", () => {
  let gateway: TestGateway;
  /** What the trail answers to a write, from now on. */
  let refuse: ((entry: AuditEntry) => boolean) | undefined;

  before(async () => {
    gateway = await startTestGateway({
      wrapTrail: (trail) => refusing(trail, (entry) => refuse?.(entry) === true),
    });
  });
  after(() => gateway.stop());
  beforeEach(() => {
    refuse = undefined;
  });
  afterEach(async () => {
    refuse = undefined;
    await asOperator("POST", HALT, { state: "TRADING" });
  });

  const send = (token: string, method: string, path: string, body?: object) =>
    gateway.send(method, path, {
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const asOperator = (method: string, path: string, body?: object) =>
    send(OPERATOR_TOKEN, method, path, body);
  const trail = async (query = ""): Promise<readonly AuditEntry[]> =>
    (await asOperator("GET", `${AUDIT}${query}`)).body.entries;
  const stateOf = async () => (await gateway.send("GET", "/meridian/v1/markets")).body.markets[0].state;

  it("writes down who did what, from where and when, before it is done and behind it", async () => {
    const since = Date.now();
    expect((await asOperator("POST", HALT, { state: "HALT" })).status).to.equal(200);
    const [done, begun] = await trail("?limit=2");
    const common = {
      operator: "ada",
      from: "127.0.0.1",
      operation: "marketState",
      request: '{"state":"HALT","symbol":"BTCUSDT"}',
      code: 0,
    };
    expect(begun).to.deep.include({ ...common, outcome: "begun", action: begun?.id });
    expect(done).to.deep.include({ ...common, outcome: "done", action: begun?.id });
    expect(begun?.time).to.be.within(since, Date.now());
    expect([begun?.id, done?.id]).to.deep.equal([begun?.id, done?.id].sort());
  });

  it("writes down what an operator was refused, with the code", async () => {
    const { body } = await asOperator("POST", HALT, { state: "GONE" });
    expect(body).to.deep.include({ code: -9020, field: "state" });
    expect((await trail())[0]).to.deep.include({ operator: "ada", outcome: "refused", code: -9020 });
  });

  it("writes down that a stranger tried, and nothing that the stranger sent", async () => {
    const bob = await gateway.newUser("bob-the-trader");
    for (const token of ["made-up", bob.token]) {
      expect((await send(token, "POST", HALT, { state: "HALT", note: "x".repeat(2000) })).body.code).to.equal(
        -1002,
      );
      const [entry] = await trail();
      expect(entry).to.deep.include({
        operator: "",
        operation: "marketState",
        outcome: "refused",
        code: -1002,
      });
      expect(JSON.stringify(entry)).not.to.include("xxx").and.not.to.include(token);
    }
    for (const token of ["", bob.token, bob.apiKey, OPERATOR_TOKEN.slice(1)])
      expect((await send(token, "GET", AUDIT)).body.code, "traders read no audit trail").to.equal(-1002);
    const byKey = await gateway.signed(bob, "GET", AUDIT);
    expect([byKey.status, byKey.body.code]).to.deep.equal([401, -1002]);
  });

  it("lets nothing happen that it could not write down", async () => {
    refuse = ({ outcome }) => outcome === "begun";
    expect((await asOperator("POST", HALT, { state: "HALT" })).body).to.deep.include({ code: -9060 });
    expect(await stateOf()).to.equal("TRADING");
  });

  it("tells of what was done also where its end could not be written down: the beginning stands alone", async () => {
    refuse = ({ outcome }) => outcome === "done";
    expect((await asOperator("POST", HALT, { state: "HALT" })).status).to.equal(200);
    expect((await trail())[0]).to.deep.include({ operation: "marketState", outcome: "begun" });
  });

  it("does not let strangers fill the disk", async () => {
    const before = (await trail("?limit=1000")).length;
    for (let at = 0; at < 80; at++) await send(`made-up-${at}`, "POST", HALT, { state: "HALT" });
    expect((await trail("?limit=1000")).length - before).to.be.within(1, 60);
  });

  it("gives pages, and refuses what is no page", async () => {
    const [first] = await trail("?limit=1");
    const [second] = await trail(`?limit=1&before=${first?.id}`);
    expect([second?.id, first?.id]).to.deep.equal([second?.id, first?.id].sort());
    expect(second?.id).not.to.equal(first?.id);
    for (const limit of ["0", "1001", "x"]) {
      expect((await asOperator("GET", `${AUDIT}?limit=${limit}`)).body).to.deep.include({ field: "limit" });
    }
  });
});

function refusing(trail: AuditTrail, isRefused: (entry: AuditEntry) => boolean): AuditTrail {
  return {
    write: async (entry) => {
      if (isRefused(entry)) throw new Error("the disk is full");
      await trail.write(entry);
    },
    read: (query) => trail.read(query),
    close: () => trail.close(),
  };
}
