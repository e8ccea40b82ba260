import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import type { Browser } from "playwright-core";
import { launchBrowser } from "#test/support/browser.ts";
import { oneStory } from "#test/support/one-story.ts";
import { type PlatformProcess, startPlatformProcess } from "#test/support/platform-process.ts";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";
import { requireBuiltPage } from "./page-platform.ts";
import { openTraderWindow, type TraderWindow } from "./trader-window.ts";

describe("a page whose platform goes away", function () {
  this.timeout(240_000);
  oneStory();
  let folder: string;
  let platform: PlatformProcess;
  let browser: Browser;
  let trader: TraderWindow;
  let other: TestTrader;
  let port: string;

  const start = (...more: string[]) =>
    startPlatformProcess(["--port", port, "--data", join(folder, "data"), "--no-bots", ...more]);

  before(async () => {
    requireBuiltPage();
    folder = await mkdtemp(join(tmpdir(), "meridian-reconnect-"));
    port = "0";
    platform = await start();
    port = new URL(platform.url).port;
    browser = await launchBrowser();
    other = await signUpTrader(platform.url, "other");
    trader = await openTraderWindow(browser, platform.url);
    await trader.signUp("patient");
    await trader.takeFunds();
    await trader.place({ side: "Sell", price: "64000", quantity: "0.4" });
    await trader.orderRow("64,000.00", "NEW").waitFor();
  });
  after(async () => {
    await browser?.close();
    await platform?.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  const stale = () => trader.page.getByLabel("Connection").getByText("Stale: reconnecting").waitFor();

  it("says that what it shows is stale when the program is killed", async () => {
    await platform.kill("SIGKILL");
    await stale();
  });

  it("catches up by itself: with what others did before it was back, and with what they do then", async () => {
    platform = await start();
    // Perhaps before the page is back, perhaps after: it must not matter.
    const buy = { symbol: "BTCUSDT", side: "BUY", type: "MARKET", quantity: "0.15" };
    expect((await other.post("/api/v3/order", buy)).status).to.equal(200);
    await trader.live();
    await trader.orderRow("64,000.00", "0.15", "PARTLY FILLED").waitFor();
    await trader.expectBalance("USDT", "109,590.4", "0");
    await trader.book.getByRole("button", { name: /^Ask 64,000\.00, 0\.2500/ }).waitFor();

    expect((await other.post("/api/v3/order", { ...buy, quantity: "0.25" })).status).to.equal(200);
    await trader.openTab("History");
    await trader.orderRow("64,000.00", "FILLED").waitFor();
    await trader.expectBalance("USDT", "125,574.4", "0");
    await trader.book.getByText("Nobody bids or asks yet").waitFor();
    await trader.openTab("Fills");
    await trader.orderRow("0.15", "maker").waitFor();
    await trader.orderRow("0.25", "maker").waitFor();
    expect(await trader.orders.getByText("maker").count()).to.equal(2);
    const tape = trader.page.getByRole("region", { name: "Trades" }).getByRole("listitem");
    await tape.filter({ hasText: "0.2500" }).waitFor();
    await tape.filter({ hasText: "0.1500" }).waitFor();
    expect(await tape.count()).to.equal(2);
  });

  it("sends an order again until it is answered, and places it once", async () => {
    await trader.openTab("Open orders");
    await trader.fillTicket({ side: "Buy", price: "60000", quantity: "0.1" });
    await platform.kill("SIGKILL");
    await stale();
    await trader.send();
    await trader.ticket.getByText("No answer yet, sending again").waitFor();
    platform = await start();
    await trader.orderRow("60,000.00", "NEW").waitFor();
    await trader.expectBalance("USDT", "119,574.4", "6,000");
    expect(await trader.orders.getByRole("button", { name: /^Cancel order/ }).count()).to.equal(1);
  });

  it("was never loaded anew in all this", () => {
    expect(trader.loads).to.equal(1);
    expect(trader.problems.filter((problem) => problem.startsWith("script"))).to.deep.equal([]);
  });

  it("lets go of a session that the exchange no longer knows, and shows what everybody may see", async () => {
    await platform.kill("SIGTERM");
    platform = await start("--fresh");
    await trader.page.getByText("Your session has ended. Sign in again.").waitFor();
    await trader.live();
    await trader.page.getByRole("button", { name: "Sign up", exact: true }).waitFor();
    await trader.wallet.getByText("Sign in to see your balances.").waitFor();
    await trader.signUp("patient");
    await trader.takeFunds();
  });
});
