import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { type RunningRegion, startEmbeddedRegion } from "#local/embedded-region.ts";
import { type MetricsServer, startMetricsServer } from "#local/telemetry/metrics-server.ts";
import { METRICS } from "#shared/telemetry/metric-catalogue.ts";
import { openMetrics } from "#shared/telemetry/open-metrics.ts";
import { eventually } from "#test/support/eventually.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";
import { connectSocket } from "./feed-recorder.ts";

const ORDER = { symbol: "BTCUSDT", type: "LIMIT", timeInForce: "GTC", quantity: "0.01", price: "1000" };

describe("what a scrape of a Region tells", () => {
  let folder: string;
  let region: RunningRegion;
  let server: MetricsServer;
  let trader: TestTrader;

  /** Value by series, as the scrape writes it. */
  const scrape = async (): Promise<Map<string, number>> => {
    const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
    const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return new Map(
      series.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]),
    );
  };
  const sum = async (name: string, ...parts: readonly string[]) => {
    const matching = [...(await scrape())].filter(
      ([series]) => series.startsWith(`${name}{`) && parts.every((part) => series.includes(part)),
    );
    return matching.reduce((total, [, value]) => total + value, 0);
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "meridian-metrics-"));
    const open = openMetrics({ service: "gateway", region: "us-east-1" });
    server = await startMetricsServer(open);
    region = await startEmbeddedRegion({
      port: 0,
      dataFolder: folder,
      faucet: true,
      rateLimits: "generous",
      metrics: open.metrics,
    });
    trader = await signUpTrader(region.url, "measured");
  });
  after(async () => {
    await region.stop();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("counts an order at each stage of its way, and its trade", async () => {
    const taken = () => sum("meridian_submissions_total", 'result="done"');
    const before = await taken();
    const other = await signUpTrader(region.url, "counterpart");
    await trader.post("/api/v3/order", { ...ORDER, side: "BUY" });
    await other.post("/api/v3/order", { ...ORDER, side: "SELL" });
    expect(await sum("meridian_trades_total", 'market="BTCUSDT"')).to.equal(1);
    expect((await taken()) - before).to.be.greaterThanOrEqual(2);
    const stages = ["append", "outcome", "total"].map((stage) =>
      sum("meridian_order_seconds_count", `stage="${stage}"`, 'region="us-east-1"'),
    );
    const [append, outcome, total] = await Promise.all(stages);
    expect(append).to.be.greaterThan(0);
    expect(outcome).to.equal(append);
    expect(total).to.be.greaterThanOrEqual(append ?? Number.NaN);
  });

  it("counts refusals by their code, over both doors, and requests by route and never by path", async () => {
    const { body } = await trader.post("/api/v3/order", { ...ORDER, side: "BUY", price: "0" });
    expect(await sum("meridian_refusals_total", 'door="rest"', `code="${body.code}"`)).to.equal(1);
    const socket = connectSocket(region.url, { auth: { token: trader.token } });
    await eventually(() => socket.connected);
    expect(await sum("meridian_socket_connections")).to.equal(1);
    await new Promise((answered) => socket.emit("subscribe", { market: "NOPE" } as never, answered as never));
    socket.disconnect();
    expect(await sum("meridian_refusals_total", 'door="socket"')).to.equal(1);
    await fetch(`${region.url}/no/such/page/${"x".repeat(20)}`);
    expect(await sum("meridian_http_request_seconds_count", 'route="other"', 'status="404"')).to.equal(1);
    expect(
      await sum("meridian_http_request_seconds_count", 'route="/api/v3/order"', 'status="200"'),
    ).to.equal(2);
  });

  it("has one owner of each shard, nothing behind and no money made or lost", async () => {
    const series = await scrape();
    const named = (name: string) =>
      [...series].filter(([key]) => key.startsWith(`${name}{`)).map(([, value]) => value);
    expect(named("meridian_shard_owned")).to.deep.equal([1, 1, 1]);
    expect(named("meridian_replica_lag_seconds")).to.deep.equal([0, 0, 0]);
    expect(named("meridian_conservation_residual").every((residual) => residual === 0)).to.equal(true);
    expect(named("meridian_conservation_residual")).not.to.have.length(0);
    expect(await sum("meridian_commands_total")).to.be.greaterThan(0);
  });

  it("names nothing that the catalogue does not have", async () => {
    const names = [...(await scrape()).keys()]
      .map((series) => series.replace(/\{.*$/, "").replace(/_(bucket|sum|count)$/, ""))
      .filter((name) => name.startsWith("meridian_"));
    expect([...new Set(names)].filter((name) => !Object.hasOwn(METRICS, name))).to.deep.equal([]);
  });
});
