import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { signUpTrader } from "#test/support/test-trader.ts";
import { type PagePlatform, startPagePlatform } from "./page-platform.ts";
import type { TraderWindow } from "./trader-window.ts";

describe("open orders on the page", function () {
  this.timeout(240_000);
  let platform: PagePlatform;
  let trader: TraderWindow;

  before(async () => {
    platform = await startPagePlatform();
    trader = await platform.open();
    await trader.signUp("canceler");
    await trader.takeFunds();
  });
  after(() => platform.stop());

  it("are canceled by a click, and the funds are free again", async () => {
    await trader.place({ side: "Buy", price: "60000", quantity: "0.1" });
    await trader.expectBalance("USDT", "94,000", "6,000");
    await trader
      .orderRow("60,000.00", "NEW")
      .getByRole("button", { name: /^Cancel order/ })
      .click();
    // It stays for some seconds with its last status, without a button.
    await trader.orderRow("60,000.00", "CANCELED").waitFor();
    expect(await trader.orderRow("60,000.00").getByRole("button").count()).to.equal(0);
    await trader.expectBalance("USDT", "100,000", "0");
    await trader.orders.getByText("No open orders.").waitFor();
    await trader.openTab("History");
    await trader.orderRow("60,000.00", "CANCELED").waitFor();
    await trader.openTab("Open orders");
  });

  it("are placed and canceled by the keyboard alone, which goes on at the next order", async () => {
    const { keyboard } = trader.page;
    const focused = () => trader.page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    await trader.page.locator("body").press("b");
    // The key has chosen the side and gone to the quantity; the price is before it.
    await trader.page.waitForFunction(() => document.activeElement?.id === "quantity");
    for (const price of ["61000", "62000"]) {
      await trader.ticket.getByLabel("Price").focus();
      await keyboard.press("ControlOrMeta+a");
      await keyboard.type(price);
      await keyboard.press("Tab");
      await keyboard.type("0.01");
      await keyboard.press("Enter");
      await trader.orderRow(`${price.slice(0, 2)},000.00`, "NEW").waitFor();
    }
    const cancelOf = (price: string) => trader.orderRow(price).getByRole("button", { name: /^Cancel order/ });
    await cancelOf("62,000.00").focus();
    await keyboard.press("Enter");
    await trader.orderRow("62,000.00", "CANCELED").waitFor();
    const left = await cancelOf("61,000.00").getAttribute("aria-label");
    await trader.page.waitForFunction(
      (label) => document.activeElement?.getAttribute("aria-label") === label,
      left,
    );
    await keyboard.press("Space");
    await trader.orderRow("61,000.00", "CANCELED").waitFor();
    await trader.page.waitForFunction(() => document.activeElement?.getAttribute("role") === "tabpanel");
    expect(await focused()).to.equal("Open orders");
  });

  it("are canceled all at once, in the shown market", async () => {
    for (const price of ["50000", "51000"]) await trader.place({ side: "Buy", price, quantity: "0.01" });
    await trader.orderRow("51,000.00", "NEW").waitFor();
    await trader.orders.getByRole("button", { name: "Cancel all BTCUSDT" }).click();
    await trader.orderRow("50,000.00", "CANCELED").waitFor();
    await trader.orderRow("51,000.00", "CANCELED").waitFor();
    await trader.expectBalance("USDT", "100,000", "0");
  });

  it("show what somebody else's order does to them, as it happens", async () => {
    await trader.place({ side: "Sell", price: "65000", quantity: "0.02" });
    await trader.orderRow("65,000.00", "NEW").waitFor();
    const other = await signUpTrader(platform.url, "somebody");
    const buy = (quantity: string) =>
      other.post("/api/v3/order", { symbol: "BTCUSDT", side: "BUY", type: "MARKET", quantity });
    await buy("0.005");
    await trader.orderRow("65,000.00", "0.005", "PARTLY FILLED").waitFor();
    await buy("0.015");
    await trader.orderRow("65,000.00", "FILLED").waitFor();
    await trader.page.getByText("Filled: sold 0.02 BTC at 65,000.00").waitFor();
  });
});
