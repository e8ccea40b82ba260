import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { type RunningRegion, startEmbeddedRegion } from "#local/embedded-region.ts";
import type { ErrorAnswer, SimpleOrderAnswer } from "#shared/protocol/socket.ts";
import { eventually } from "#test/support/eventually.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";
import { connectSocket } from "./feed-recorder.ts";

describe("the gateway as an embedded Region composes it", () => {
  let folder: string;
  let region: RunningRegion;
  let trader: TestTrader;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "meridian-composed-"));
    region = await startEmbeddedRegion({ port: 0, dataFolder: folder, faucet: true, rateLimits: "binance" });
    trader = await signUpTrader(region.url, "composed");
  });
  after(async () => {
    await region.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is ready when it says so", async () => {
    const response = await fetch(`${region.url}/readyz`);
    expect(response.status).to.equal(200);
    expect(await response.json()).to.deep.equal({ ready: true, reasons: [] });
  });

  it("counts an account's orders together, whichever door they come by", async () => {
    const socket = connectSocket(region.url, { auth: { token: trader.token } });
    await eventually(() => socket.connected);
    const form = {
      symbol: "BTCUSDT",
      side: "BUY",
      type: "LIMIT",
      timeInForce: "GTC",
      quantity: "0.01",
      price: "1000",
    };
    const message = { type: "BUY", userID: "composed", coinID: "BTC", quantity: 0.01, price: 1000 } as const;
    const codes = await Promise.all(
      Array.from({ length: 60 }, (_, count) => [
        trader.post("/api/v3/order", form).then(({ body }) => body.code),
        new Promise<number | undefined>((resolve) =>
          socket.emit(
            "order",
            { orderId: `socket-${count}`, ...message },
            (answer: SimpleOrderAnswer | ErrorAnswer) =>
              resolve("error" in answer ? answer.error.code : undefined),
          ),
        ),
      ]).flat(),
    );
    socket.disconnect();
    // Binance's limit: 100 in ten seconds.
    expect(codes.filter((code) => code === undefined)).to.have.length(100);
    expect(codes.filter((code) => code === -1015)).to.have.length(20);
  });

  it("answers polling sockets with the header that the app sets elsewhere", async () => {
    const { headers } = await fetch(`${region.url}/socket.io/?EIO=4&transport=polling`);
    expect(headers.get("X-Content-Type-Options")).to.equal("nosniff");
    expect(headers.get("Cache-Control")).to.equal("no-store");
  });
});
