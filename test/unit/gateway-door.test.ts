import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import express from "express";
import { afterEach, beforeEach, describe, it } from "mocha";
import pino from "pino";
import { createGatewayDoor, type GatewayDoor } from "#services/gateway/gateway-door.ts";
import { createHealthRouter } from "#services/gateway/identity/health-router.ts";
import { Readiness } from "#services/gateway/readiness.ts";
import { assert } from "#shared/domain/invariant.ts";
import { shiftedClock } from "#test/support/shifted-clock.ts";

describe("the gateway's door", () => {
  const clock = shiftedClock();
  let readiness: Readiness;
  let door: GatewayDoor;
  let server: Server;

  beforeEach(async () => {
    readiness = new Readiness(clock);
    const healthRouter = createHealthRouter({ isReady: () => readiness.report() });
    door = createGatewayDoor(healthRouter, pino({ level: "silent" }));
    server = createServer(door.listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const open = () => {
    const app = express();
    app.use(createHealthRouter({ isReady: () => readiness.report() }));
    app.get("/api/v3/ping", (_request, response) => void response.json({}));
    door.open(app);
    readiness.started([{ time: clock.now(), isReached: true }]);
  };

  it("answers health while the gateway starts, and tells everybody else to come back", async () => {
    expect(await get("/healthz")).to.deep.include({ status: 200, body: { status: "ok" } });
    expect(await get("/readyz")).to.deep.include({
      status: 503,
      body: { ready: false, reasons: ["starting"] },
    });
    for (const path of ["/", "/api/v3/ping", "/socket.io/?EIO=4&transport=polling"]) {
      const { status, headers, body } = await get(path);
      expect({ status, code: body.code }).to.deep.equal({ status: 503, code: -1008 });
      expect(headers.get("Retry-After")).to.equal("1");
    }
  });

  it("lets everybody in once the start is done", async () => {
    open();
    expect(await get("/api/v3/ping")).to.deep.include({ status: 200, body: {} });
    expect(await get("/readyz")).to.deep.include({ status: 200, body: { ready: true, reasons: [] } });
  });

  it("is not ready when the log failed or the gateway stops, and says so", async () => {
    open();
    readiness.failed();
    expect(await get("/readyz")).to.deep.include({
      status: 503,
      body: { ready: false, reasons: ["failed"] },
    });
    readiness.stopping();
    expect((await get("/readyz")).body.reasons).to.deep.equal(["stopping", "failed"]);
    expect((await get("/healthz")).status).to.equal(200);
  });

  it("is not ready while the fold stands still, and is again when it goes on", async () => {
    const view = { time: clock.now(), isReached: true };
    readiness.started([view]);
    clock.advance(9000);
    expect(readiness.report().ready).to.equal(true);
    clock.advance(2000);
    expect(readiness.report()).to.deep.equal({ ready: false, reasons: ["fold-stopped"] });
    view.time = clock.now();
    expect(readiness.report().ready).to.equal(true);
  });

  it("is given longer where the journal of a quiet shard is written seldom, for a gateway that begins knows no newer time", () => {
    readiness = new Readiness(clock, 10_000);
    readiness.started([{ time: clock.now(), isReached: true }]);
    clock.advance(19_000);
    expect(readiness.report().ready).to.equal(true);
    clock.advance(2000);
    expect(readiness.report().reasons).to.deep.equal(["fold-stopped"]);
  });

  it("stays ready in a Region that is cut off while any market goes on there, though others wait for their owner", async () => {
    const goesOn = { time: clock.now(), isReached: true };
    const waits = { time: clock.now(), isReached: false };
    readiness.started([goesOn, waits]);
    clock.advance(11_000);
    goesOn.time = clock.now();
    expect(readiness.report().ready).to.equal(true);
    goesOn.isReached = false;
    clock.advance(11_000);
    expect(readiness.report().reasons).to.deep.equal(["fold-stopped"]);
  });

  it("is not ready where one fold stands still whose owner is reached, though another goes on", () => {
    const [goesOn, stands] = [0, 1].map(() => ({ time: clock.now(), isReached: true }));
    assert(goesOn !== undefined && stands !== undefined, "two shards");
    readiness.started([goesOn, stands]);
    clock.advance(11_000);
    goesOn.time = clock.now();
    expect(readiness.report().reasons).to.deep.equal(["fold-stopped"]);
    stands.time = clock.now();
    expect(readiness.report().ready).to.equal(true);
  });
});
