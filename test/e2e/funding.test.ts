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

  const withdraw = async (asset: string, amount: string, key: string | undefined, headers = {}) => {
    const { body } = await trader.rest("GET", "/meridian/v1/balances");
    const { shard } = body.shards.find(({ balances }: { balances: { asset: string }[] }) =>
      balances.some((one) => one.asset === asset),
    );
    const response = await fetch(`${platform.url}/meridian/v1/withdrawals`, {
      method: "POST",
      headers: {
        ...{ Authorization: `Bearer ${trader.token}`, "Content-Type": "application/json" },
        ...(key === undefined ? {} : { "Idempotency-Key": key }),
        ...headers,
      },
      body: JSON.stringify({ asset, amount, shard }),
    });
    return { status: response.status, body: await response.json() };
  };

  it("are taken out once under one key, and the answer waits until that is final", async () => {
    const before = Number((await balance("SOL")).free);
    const first = await withdraw("SOL", "1.5", "out");
    expect(first.status, JSON.stringify(first.body)).to.equal(201);
    expect(first.body).to.include({ asset: "SOL", amount: "1.50000000", final: true });
    expect(await withdraw("SOL", "1.5", "out")).to.deep.equal(first);
    expect(before - Number((await balance("SOL")).free)).to.equal(1.5);
    // The key stands for what was asked under it.
    expect((await withdraw("SOL", "2", "out")).body.code).to.equal(-9004);
  });

  it("are not taken out without a key, beyond what is free, in amounts that are none, or by an API key", async () => {
    expect((await withdraw("SOL", "1", undefined)).body).to.include({
      code: -1102,
      field: "Idempotency-Key",
    });
    expect((await withdraw("SOL", "100000", "too-much")).body.code).to.equal(-2010);
    for (const amount of ["0", "-1", "1e3", "0.0000000001", "", "a"])
      expect(
        (await withdraw("SOL", amount, `bad ${amount}`.replaceAll(" ", "-"))).body.code,
        amount,
      ).to.equal(-9020);
    const keyed = await withdraw("SOL", "1", "by-key", { "X-MBX-APIKEY": "k".repeat(64) });
    expect(keyed.status).to.be.within(400, 401);
  });
});
