import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { eventually } from "#test/support/eventually.ts";
import { recordedMetrics } from "#test/support/recorded-metrics.ts";
import { type PagePlatform, startPagePlatform } from "./page-platform.ts";

describe("how the page measures the exchange for its trader", function () {
  this.timeout(240_000);
  const metrics = recordedMetrics();
  let platform: PagePlatform;

  before(async () => {
    platform = await startPagePlatform({ metrics });
  });
  after(() => platform.stop());

  it("tells when it is left: its load, its orders, and the errors of its scripts", async () => {
    const trader = await platform.open();
    await trader.signUp("measured");
    await trader.takeFunds();
    await trader.place({ side: "Sell", price: "99000", quantity: "0.1" });
    await trader.page.evaluate(() => setTimeout(() => Promise.reject(new Error("nobody caught this"))));
    await eventually(() => trader.problems.some((problem) => problem.includes("nobody caught this")));
    await trader.page.goto("about:blank");
    await eventually(() => metrics.sum("meridian_client_reports_total") > 0);
    const [load] = metrics.values("meridian_client_load_seconds");
    expect(load).to.be.within(0.001, 600);
    const orders = metrics.values("meridian_client_order_seconds");
    expect(orders).to.have.length(1);
    expect(orders[0]).to.be.within(0.001, 600);
    expect(metrics.sum("meridian_client_script_errors_total")).to.equal(1);
    // Signing up made another handshake, and nothing was lost.
    expect(metrics.sum("meridian_client_reconnects_total")).to.equal(0);
    expect(metrics.values("meridian_client_silence_seconds")[0]).to.be.greaterThan(0);
  });
});
