import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { io, type Socket } from "socket.io-client";
import type { RegionId } from "#shared/domain/ids.ts";
import type { RegionStatusMessage } from "#shared/protocol/region-messages.ts";
import type { ExecutionReport } from "#shared/protocol/socket.ts";
import { eventually } from "#test/support/eventually.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";
import { OTHER, OWNER, startThreeRegions, type ThreeRegions, TIMING } from "#test/support/three-regions.ts";

const BTC = { symbol: "BTCUSDT" };
const LIMIT = { ...BTC, side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: "0.5", price: "20000" };

/** It goes on in its reign: for a fork it would have to be alone for longer than this test. */
describe("an owner that is cut off, and is not sure of its lease", () => {
  let regions: ThreeRegions;
  let trader: TestTrader;
  let socket: Socket;
  let orderId: number;
  let finalBefore: { orderId: number };
  const reports: ExecutionReport[] = [];
  const standings: RegionStatusMessage[] = [];

  const at = (region: RegionId): TestTrader => ({ ...trader, url: regions.urlOf(region) });
  const shardIn = async (region: RegionId) => (await at(region).get("/meridian/v1/regions")).body.shards[0];

  before(async function () {
    this.timeout(120_000);
    regions = await startThreeRegions(undefined, { ...TIMING, partitionAfterMs: 600_000 });
    trader = await signUpTrader(regions.urlOf(OWNER), "trader");
    socket = io(regions.urlOf(OWNER), { transports: ["websocket"], auth: { token: trader.token } });
    socket.on("executionReport", (message: ExecutionReport) => reports.push(message));
    socket.on("region", (message: RegionStatusMessage) => standings.push(message));
    await eventually(() => socket.connected);
    await eventually(async () => (await shardIn(OWNER)).provisional === false);
    const { status, body } = await at(OWNER).post("/api/v3/order", LIMIT);
    expect(status).to.equal(200);
    expect(body).not.to.have.property("provisional");
    finalBefore = body;
    await eventually(() => reports.some((report) => report.orderId === finalBefore.orderId));
    await eventually(async () => (await shardIn(OWNER)).finalSeq >= (await shardIn(OWNER)).seq);
    regions.cut(true, OWNER);
    await eventually(async () => (await shardIn(OWNER)).provisional === true);
    expect((await shardIn(OWNER)).route).to.equal("own");
  });
  after(async () => {
    socket?.disconnect();
    await regions?.stop();
  });

  it("says of what it takes that it is provisional", async () => {
    const { status, body } = await at(OWNER).post("/api/v3/order", LIMIT);
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(body.provisional).to.equal(true);
    orderId = body.orderId;
    const found = await at(OWNER).get("/meridian/v1/order", { ...BTC, orderId: String(orderId) });
    expect(found.body).to.include({ provisional: true, final: false });
    const inDialect = await at(OWNER).get("/api/v3/order", { ...BTC, orderId: String(orderId) });
    expect(inDialect.body.provisional).to.equal(true);
  });

  it("says so over the socket, of the order and of the shard", async () => {
    await eventually(() => reports.some((report) => report.orderId === orderId));
    expect(reports.find((report) => report.orderId === orderId)?.provisional).to.equal(true);
    expect(reports.find((report) => report.orderId === finalBefore.orderId)?.provisional).to.equal(false);
    await eventually(() => standings.at(-1)?.shards[0]?.provisional === true);
  });

  it("does not say so of what was final before", async () => {
    const { body } = await at(OWNER).get("/api/v3/allOrders", BTC);
    expect(body.map((order: { provisional?: boolean }) => order.provisional)).to.deep.equal([
      undefined,
      true,
    ]);
  });

  it("says so no more once it is with a majority again, and all of it stands or was replayed", async function () {
    this.timeout(120_000);
    regions.cut(false, OWNER);
    const name = { ...BTC, orderId: String(orderId) };
    for (const region of [OWNER, OTHER]) {
      await eventually(async () => {
        const { body } = await at(region).get("/meridian/v1/order", name);
        return body.final === true && body.provisional === false;
      });
    }
    await eventually(() => standings.at(-1)?.shards[0]?.provisional === false);
    expect(regions.failures).to.deep.equal([]);
  });
});
