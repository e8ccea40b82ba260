import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { type RunningRegion, startEmbeddedRegion } from "#local/embedded-region.ts";
import { EXPERIENCE_LIMITS } from "#shared/protocol/experience.ts";
import { temporaryFolders } from "#test/support/folders.ts";
import { oneShard } from "#test/support/one-shard.ts";
import { recordedMetrics } from "#test/support/recorded-metrics.ts";

const REPORT = {
  orderMs: [12, 340],
  unansweredOrders: 1,
  silenceMs: 3100,
  loadMs: 870,
  resyncs: 2,
  reconnects: 1,
  scriptErrors: 3,
};

describe("what pages tell of how the exchange is for their traders", () => {
  const folders = temporaryFolders();
  const metrics = recordedMetrics();
  let region: RunningRegion;

  before(async () => {
    region = await startEmbeddedRegion({
      port: 0,
      dataFolder: folders.make(),
      definitions: oneShard(),
      metrics,
    });
  });
  after(async () => {
    await region.stop();
    folders.removeAll();
  });

  const tell = async (report: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${region.url}/meridian/v1/experience`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify(report),
    });
    return { status: response.status, body: await response.json() };
  };

  it("becomes metrics, in seconds", async () => {
    expect(await tell(REPORT)).to.deep.equal({ status: 200, body: { ok: true } });
    expect(metrics.values("meridian_client_order_seconds")).to.deep.equal([0.012, 0.34]);
    expect(metrics.values("meridian_client_silence_seconds")).to.deep.equal([3.1]);
    expect(metrics.values("meridian_client_load_seconds")).to.deep.equal([0.87]);
    expect(metrics.sum("meridian_client_orders_total", { result: "answered" })).to.equal(2);
    expect(metrics.sum("meridian_client_orders_total", { result: "unanswered" })).to.equal(1);
    expect(metrics.sum("meridian_client_resyncs_total")).to.equal(2);
    expect(metrics.sum("meridian_client_reconnects_total")).to.equal(1);
    expect(metrics.sum("meridian_client_script_errors_total")).to.equal(3);
  });

  it("is refused beyond its bounds, with what is no part of it, and from other sites; nothing is counted then", async () => {
    const before = metrics.sum("meridian_client_reports_total");
    const { ordersMax, durationMsMax, countMax } = EXPERIENCE_LIMITS;
    const { loadMs: _, ...unloaded } = REPORT;
    for (const [report, field] of [
      [{ ...REPORT, orderMs: Array.from({ length: ordersMax + 1 }, () => 1) }, "orderMs"],
      [{ ...REPORT, orderMs: [-1] }, "orderMs"],
      [{ ...REPORT, silenceMs: durationMsMax + 1 }, "silenceMs"],
      [{ ...REPORT, scriptErrors: countMax + 1 }, "scriptErrors"],
      [{ ...REPORT, resyncs: 0.5 }, "resyncs"],
      [{ ...unloaded, user: "ada" }, "user"],
      [{}, "orderMs"],
    ] as const) {
      const { status, body } = await tell(report);
      expect(status, field).to.equal(400);
      expect(body).to.include({ code: -9020, field });
    }
    const foreign = await tell(REPORT, { Origin: "https://elsewhere.example" });
    expect(foreign.body).to.include({ code: -9002 });
    expect(metrics.sum("meridian_client_reports_total")).to.equal(before);
    expect((await tell(unloaded)).status).to.equal(200);
  });

  it("is refused by a code when an address tells too much", async () => {
    let answer = await tell(REPORT);
    for (let count = 0; count < 130 && answer.status === 200; count++) answer = await tell(REPORT);
    expect(answer.status).to.equal(429);
    expect(answer.body).to.include({ code: -1003 });
  });
});
