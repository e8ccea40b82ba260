import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { eventually } from "#test/support/eventually.ts";
import { type OrderPlatform, type OrderTrader, startOrderPlatform } from "./order-platform.ts";

/** Test funds lie at one shard each: USDT at that of BTCUSDT, which is not that of ETHUSDT. */
describe("funds that lie at another shard than the market", () => {
  let platform: OrderPlatform;
  let trader: OrderTrader;

  before(async () => {
    platform = await startOrderPlatform();
    trader = await platform.newTrader("funded");
  });
  after(() => platform.stop());

  const balance = async (asset: string): Promise<{ free: string; locked: string }> => {
    const { body } = await trader.rest("GET", "/api/v3/account");
    return body.balances.find((each: { asset: string }) => each.asset === asset);
  };
  const freeByShard = async (): Promise<string[]> => {
    const { body } = await trader.rest("GET", "/meridian/v1/balances");
    return body.shards
      .flatMap(({ balances }: { balances: { asset: string; free: string }[] }) => balances)
      .filter(({ asset }: { asset: string }) => asset === "USDT")
      .map(({ free }: { free: string }) => free);
  };
  const order = {
    symbol: "ETHUSDT",
    side: "BUY",
    type: "LIMIT",
    timeInForce: "GTC",
    quantity: "1",
    price: "1500",
  };

  it("are moved when an order needs them, with what more orders like it will need, but at most half of what would stay", async () => {
    const placed = await trader.rest("POST", "/api/v3/order", order);
    expect(placed.status, JSON.stringify(placed.body)).to.equal(200);
    expect(placed.body.status).to.equal("NEW");
    expect(await balance("USDT")).to.include({ free: "98500.00000000", locked: "1500.00000000" });
    expect(await freeByShard()).to.deep.equal(["49250.00000000", "49250.00000000"]);
  });

  it("come back when an order where they were needs more than what stayed there", async () => {
    const { body } = await trader.rest("POST", "/api/v3/order", {
      ...{ ...order, symbol: "BTCUSDT" },
      ...{ price: "30000", quantity: "2" },
    });
    expect(body.status, JSON.stringify(body)).to.equal("NEW");
    await trader.rest("DELETE", "/api/v3/order", { symbol: "BTCUSDT", orderId: body.orderId });
    expect(await balance("USDT")).to.include({ free: "98500.00000000", locked: "1500.00000000" });
  });

  it("are moved once for an order that is sent again", async () => {
    const sent = { ...order, quantity: "2", newClientOrderId: "twice", idempotencyKey: "twice" };
    const first = await trader.event("order.place", sent);
    const again = await trader.event("order.place", sent);
    expect(again.body).to.deep.equal(first.body);
    expect(await balance("USDT")).to.include({ free: "95500.00000000", locked: "4500.00000000" });
  });

  it("do not let an order through that all of them together cannot pay", async () => {
    const { body } = await trader.rest("POST", "/api/v3/order", { ...order, quantity: "70" });
    expect(body.code).to.equal(-2010);
    expect(await balance("USDT")).to.include({ free: "95500.00000000", locked: "4500.00000000" });
  });

  it("keep an account's orders in their order while the first waits for them", async () => {
    const orders = Array.from({ length: 5 }, (_, at) =>
      trader.rest("POST", "/api/v3/order", { ...order, price: String(1400 + at), quantity: "0.5" }),
    );
    const answers = await Promise.all(orders);
    for (const { body } of answers) expect(body.status, JSON.stringify(body)).to.equal("NEW");
    await eventually(async () => (await balance("USDT")).free === "91995.00000000");
  });
});
