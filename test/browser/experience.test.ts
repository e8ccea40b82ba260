import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { type OpenTracing, openTracing } from "#shared/telemetry/open-tracing.ts";
import { eventually } from "#test/support/eventually.ts";
import { type OtlpReceiver, startOtlpReceiver } from "#test/support/otlp-receiver.ts";
import { recordedMetrics } from "#test/support/recorded-metrics.ts";
import { type PagePlatform, startPagePlatform } from "./page-platform.ts";

describe("how the page measures the exchange for its trader", function () {
  this.timeout(240_000);
  const metrics = recordedMetrics();
  let receiver: OtlpReceiver;
  let traces: OpenTracing;
  let platform: PagePlatform;

  before(async () => {
    receiver = await startOtlpReceiver();
    const clock = systemClock();
    traces = openTracing({ service: "gateway", otlpUrl: receiver.url, ratio: 1, clock, metrics });
    platform = await startPagePlatform({ metrics, traces });
  });
  after(async () => {
    await platform?.stop();
    await traces?.close();
    await receiver?.close();
  });

  it("begins the trace of an order where it is clicked: the page's span is the first, and all others hang on it", async () => {
    const trader = await platform.open();
    await trader.signUp("clicker");
    await trader.takeFunds();
    await trader.place({ side: "Sell", price: "98000", quantity: "0.1" });
    await eventually(() => receiver.spans.some(({ name }) => name === "page.click"));
    const click = receiver.spans.find(({ name }) => name === "page.click");
    expect(click?.parentSpanId).to.equal("");
    expect(click?.attributes).to.include({ "meridian.result": "answered" });
    const { traceId = "", spanId = "" } = click ?? {};
    await eventually(() => receiver.stagesOf(traceId).includes("matching.fold"));
    expect(receiver.stagesOf(traceId)).to.include.members(["gateway.request", "log.append", "page.click"]);
    const request = receiver.spans.find(
      ({ name, ...span }) => name === "gateway.request" && span.traceId === traceId,
    );
    expect(request?.parentSpanId).to.equal(spanId);
    expect(request?.attributes).to.include({ "http.route": "/api/v3/order" });
    // What is only looked at begins no trace of the page's.
    expect(receiver.spans.filter(({ name }) => name === "page.click")).to.have.length(1);
    await trader.page.close();
  });

  it("tells when it is left: its load, its orders, and the errors of its scripts", async () => {
    const trader = await platform.open();
    await trader.signUp("measured");
    await trader.takeFunds();
    await trader.place({ side: "Sell", price: "99000", quantity: "0.1" });
    await trader.page.evaluate(() => setTimeout(() => Promise.reject(new Error("nobody caught this"))));
    await eventually(() => trader.problems.some((problem) => problem.includes("nobody caught this")));
    await trader.page.goto("about:blank");
    // The page of the test before has told too: only this one had an error.
    await eventually(() => metrics.sum("meridian_client_script_errors_total") > 0);
    const [load] = metrics.values("meridian_client_load_seconds");
    expect(load).to.be.within(0.001, 600);
    const orders = metrics.values("meridian_client_order_seconds");
    expect(orders.length).to.be.greaterThan(0);
    expect(orders[0]).to.be.within(0.001, 600);
    expect(metrics.sum("meridian_client_script_errors_total")).to.equal(1);
    // Signing up made another handshake, and nothing was lost.
    expect(metrics.sum("meridian_client_reconnects_total")).to.equal(0);
    expect(metrics.values("meridian_client_silence_seconds")[0]).to.be.greaterThan(0);
  });
});
