import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { after, describe, it } from "mocha";
import { eventually } from "#test/support/eventually.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { startPlatformProcess, tryPlatformProcess } from "#test/support/platform-process.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";
import { connectSocket } from "./feed-recorder.ts";

/** As one process, and as `npm start` alone: three Regions. */
const STARTS = [
  { form: ["--embedded"], signal: "SIGINT" },
  { form: ["--embedded"], signal: "SIGTERM" },
  { form: [], signal: "SIGINT" },
] as const;

describe("starting and stopping", function () {
  this.timeout(120_000);
  const folders = temporaryFolders();

  after(() => folders.removeAll());

  for (const { form, signal } of STARTS) {
    const name = `${signal}${form.length === 0 ? ", three Regions" : ""}`;

    it(`stops cleanly under load (${name}), and the next start has every acknowledged order, balance and session`, async () => {
      const folder = folders.make();
      const args = [...form, "--port", "0", "--no-bots", "--data", folder];
      const platform = await startPlatformProcess(args);
      const trader = await signUpTrader(platform.url, "alice");
      const socket = connectSocket(platform.url, { auth: { token: trader.token }, reconnection: false });
      await eventually(() => socket.connected);
      const acknowledged = new Map<string, number>();
      const load = Promise.all(
        ["a", "b", "c"].map((name) => placeUntilGone(trader, `${signal}-${name}`, acknowledged)),
      );
      await eventually(() => acknowledged.size > 30);
      const ending = await platform.kill(signal);
      await load;
      socket.disconnect();
      expect(ending.exitCode).to.equal(0);
      expect(ending.stderr).to.equal("");
      expect(ending.stdout).to.match(/ready: http.*\nMails are written to .*\nStopping …\nStopped\.\n$/);

      const second = await startPlatformProcess(args);
      trader.url = second.url;
      const all = await trader.get("/api/v3/allOrders", { symbol: "BTCUSDT", limit: "1000" });
      expect(all.status, "the session still holds").to.equal(200);
      const there = new Map(all.body.map((order: OrderJson) => [order.clientOrderId, order.orderId]));
      for (const [clientOrderId, orderId] of acknowledged)
        expect(there.get(clientOrderId), clientOrderId).to.equal(orderId);
      await expectSameAfterRestart(trader, async () => {
        expect((await second.kill(signal)).exitCode).to.equal(0);
        return startPlatformProcess(args);
      });
    });

    it(`ends well in the middle of its start (${name})`, async () => {
      const folder = folders.make();
      const result = await tryPlatformProcess([...form, "--port", "0", "--data", folder], {
        onSpawn: (child) => {
          // The lock is taken first of all; signals are heard before that.
          void eventually(() => existsSync(join(folder, "LOCK"))).then(() => child.kill(signal));
        },
      });
      const ending = "url" in result ? await result.kill(signal) : result;
      expect(ending.stderr).to.equal("");
      expect(ending.exitCode).to.equal(0);
      expect(ending.stdout).to.match(/Stopped\.\n$/);
    });
  }

  it("stops while the bots trade", async () => {
    const folder = folders.make();
    const platform = await startPlatformProcess(["--port", "0", "--data", folder]);
    await eventually(async () => {
      const trades = await fetch(`${platform.url}/api/v3/trades?symbol=BTCUSDT`);
      return ((await trades.json()) as unknown[]).length > 0;
    });
    const ending = await platform.kill("SIGINT");
    expect(ending.stderr).to.equal("");
    expect(ending.exitCode).to.equal(0);
  });

  it("forgets everything with --fresh, and only then", async () => {
    const folder = folders.make();
    const args = ["--port", "0", "--no-bots", "--data", folder];
    const first = await startPlatformProcess(args);
    const trader = await signUpTrader(first.url, "alice");
    await place(trader, "kept");
    await first.kill("SIGTERM");

    const fresh = await startPlatformProcess([...args, "--fresh"]);
    trader.url = fresh.url;
    expect((await trader.get("/api/v3/account")).status, "the session is none of this platform").to.equal(
      401,
    );
    const depth = await fetch(`${fresh.url}/api/v3/depth?symbol=BTCUSDT`);
    expect(await depth.json()).to.deep.include({ bids: [], asks: [] });
    const again = await signUpTrader(fresh.url, "alice");
    const orders = await again.get("/api/v3/allOrders", { symbol: "BTCUSDT" });
    expect(orders.body).to.deep.equal([]);
    await place(again, "kept");
    await fresh.kill("SIGTERM");

    const third = await startPlatformProcess(args);
    again.url = third.url;
    expect((await again.get("/api/v3/openOrders", { symbol: "BTCUSDT" })).body).to.have.length(1);
    await third.kill("SIGTERM");
  });
});

interface OrderJson {
  readonly clientOrderId: string;
  readonly orderId: number;
}

function place(trader: TestTrader, clientOrderId: string) {
  const order = { symbol: "BTCUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: "0.0010" };
  return trader.post("/api/v3/order", { ...order, price: "50000.00", newClientOrderId: clientOrderId });
}

/** One order after the other until nobody answers. */
async function placeUntilGone(
  trader: TestTrader,
  name: string,
  acknowledged: Map<string, number>,
): Promise<void> {
  for (let at = 0; ; at++) {
    try {
      const { status, body } = await place(trader, `${name}-${at}`);
      if (status !== 200) return;
      acknowledged.set(`${name}-${at}`, body.orderId);
    } catch (error) {
      if (error instanceof TypeError) return;
      throw error;
    }
  }
}

/** Balances, open orders and the book before and after a clean restart are the same. */
async function expectSameAfterRestart(
  trader: TestTrader,
  restart: () => ReturnType<typeof startPlatformProcess>,
): Promise<void> {
  const look = async () => ({
    balances: (await trader.get("/api/v3/account")).body.balances,
    open: (await trader.get("/api/v3/openOrders", { symbol: "BTCUSDT" })).body,
    bids: (await trader.get("/api/v3/depth", { symbol: "BTCUSDT" })).body.bids,
  });
  const before = await look();
  expect(before.open).to.have.length.greaterThan(30);
  const platform = await restart();
  trader.url = platform.url;
  expect(await look()).to.deep.equal(before);
  await platform.kill("SIGTERM");
}
