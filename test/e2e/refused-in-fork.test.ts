import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import type { RegionId } from "#shared/domain/ids.ts";
import { eventually } from "#test/support/eventually.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";
import {
  CUT_OFF,
  OWNER,
  REGIONS,
  startThreeRegions,
  type ThreeRegions,
} from "#test/support/three-regions.ts";

const BTC = { symbol: "BTCUSDT" };
const UNKNOWN = -1007;
const NEW_ORDER_REJECTED = -2010;

/** What pays for it is free on one side of a cut and locked on the other, and neither knows of the other. */
describe("an order that one side refuses and the other takes", () => {
  let regions: ThreeRegions;
  let trader: TestTrader;
  let order: Record<string, string>;
  let takenInFork: number;

  const at = (region: RegionId): TestTrader => ({ ...trader, url: regions.urlOf(region) });
  const routeIn = async (region: RegionId) =>
    (await at(region).get("/meridian/v1/regions")).body.shards[0].route;
  const shardsIn = async (region: RegionId): Promise<string[]> =>
    (await at(region).get("/meridian/v1/regions")).body.shards.map(({ shard }: { shard: string }) => shard);
  const place = (region: RegionId, terms: Record<string, string>, key: string) =>
    at(region).post("/api/v3/order", terms, { "Idempotency-Key": key });
  /** As a client does it: again under the same key, until it is told. */
  const told = async (region: RegionId, terms: Record<string, string>, key: string) => {
    for (;;) {
      const answer = await place(region, terms, key);
      if (answer.body.code !== UNKNOWN && answer.body.status !== "QUEUED") return answer;
    }
  };

  before(async function () {
    this.timeout(120_000);
    regions = await startThreeRegions();
    trader = await signUpTrader(regions.urlOf(OWNER), "trader");
    const { body } = await at(OWNER).get("/api/v3/account");
    const { free } = body.balances.find(({ asset }: { asset: string }) => asset === "USDT");
    const quantity = (Math.floor(Number(free) / 20_000) - 0.1).toFixed(1);
    order = { ...BTC, side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity, price: "20000" };
    const locks = await told(OWNER, order, "locks-all");
    expect(locks.status, JSON.stringify(locks.body)).to.equal(200);
    const { orderId } = locks.body;
    await eventually(async () => {
      const found = await at(CUT_OFF).get("/meridian/v1/order", { ...BTC, orderId });
      return found.body.final === true;
    });
    regions.cut(true);
    await eventually(async () => (await routeIn(CUT_OFF)) === "fork");
    await eventually(async () => ["own", "remote"].includes(await routeIn(OWNER)));
    expect((await at(OWNER).delete("/api/v3/order", { ...BTC, orderId })).status).to.equal(200);
  });
  after(() => regions?.stop());

  it("is not told to be refused by a fork, for the other side may have taken it", async () => {
    const inFork = await place(CUT_OFF, order, "the-same");
    const canonical = await told(OWNER, order, "the-same");
    expect(canonical.status, JSON.stringify(canonical.body)).to.equal(200);
    expect(inFork.body.code, JSON.stringify(inFork.body)).to.equal(UNKNOWN);
  });

  it("waits in the fork, also when it is sent again", async () => {
    const again = await place(CUT_OFF, order, "the-same");
    expect(again.body.status, JSON.stringify(again.body)).to.equal("QUEUED");
  });

  it("takes no funds out of a fork, whoever asks: the other side may not have them", async () => {
    const withdraw = async (region: RegionId) => {
      const response = await fetch(`${regions.urlOf(region)}/meridian/v1/withdrawals`, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${trader.token}`,
          "Content-Type": "application/json",
          "Idempotency-Key": "out-of-here",
        },
        body: JSON.stringify({ asset: "BTC", amount: "0.1", shard: (await shardsIn(region))[0] }),
      });
      return { status: response.status, body: await response.json() };
    };
    const inFork = await withdraw(CUT_OFF);
    expect(inFork.status).to.equal(503);
    expect(inFork.body).to.include({ code: -9050 });
    const canonical = await withdraw(OWNER);
    expect(canonical.body).to.include({ asset: "BTC", amount: "0.10000000", final: true });
    expect((await withdraw(OWNER)).body).to.deep.equal(canonical.body);
  });

  it("is refused for good where the majority refuses it", async () => {
    const refused = await told(OWNER, order, "too-much");
    expect(refused.body.code).to.equal(NEW_ORDER_REJECTED);
  });

  it("is taken by the fork at once, although the majority has refused it", async () => {
    const { body } = await at(OWNER).get("/api/v3/account");
    const { free } = body.balances.find(({ asset }: { asset: string }) => asset === "BTC");
    const quantity = (Math.floor(Number(free) * 10) / 10).toFixed(1);
    const sell = { ...order, side: "SELL", price: "60000", quantity };
    expect((await told(OWNER, sell, "locks-all-there")).status).to.equal(200);
    expect((await told(OWNER, sell, "taken-in-fork")).body.code).to.equal(NEW_ORDER_REJECTED);
    const taken = await place(CUT_OFF, sell, "taken-in-fork");
    expect(taken.body, JSON.stringify(taken.body)).to.include({ status: "NEW", provisional: true });
    takenInFork = taken.body.orderId;
  });

  it("is what the majority made of it once the links are back, in every Region and once", async function () {
    this.timeout(120_000);
    regions.cut(false);
    const placed = await told(CUT_OFF, order, "the-same");
    expect(placed.body, JSON.stringify(placed.body)).to.include({ status: "NEW" });
    const open = (await at(CUT_OFF).get("/api/v3/openOrders", BTC)).body;
    const bought = open.filter(({ side }: { side: string }) => side === "BUY");
    expect(bought.map(({ status }: { status: string }) => status)).to.deep.equal(["NEW"]);
    expect((await told(OWNER, order, "the-same")).body.orderId).to.equal(bought[0].orderId);
  });

  it("is told to be refused, and why, where the fork had taken it", async function () {
    this.timeout(120_000);
    for (const region of REGIONS) {
      await eventually(async () => {
        const { body } = await at(region).get("/meridian/v1/reconciliations");
        return body.reconciliations[0]?.state === "reconciled";
      });
      const [{ id }] = (await at(region).get("/meridian/v1/reconciliations")).body.reconciliations;
      const { ownCommands } = (await at(region).get(`/meridian/v1/reconciliations/${id}`)).body;
      const verdict = ownCommands.find(({ orderId }: { orderId: number }) => orderId === takenInFork);
      expect(verdict, region).to.include({ verdict: "refused", reason: "insufficient-balance" });
      expect(verdict.canonicalOrderId, "it stands nowhere").to.equal(0);
    }
    expect(regions.failures).to.deep.equal([]);
  });
});
