import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { type PagePlatform, startPagePlatform } from "./page-platform.ts";
import type { TraderWindow } from "./trader-window.ts";

/** What the faucet gives, in smallest units. */
const FUNDED = { BTC: 2_00000000n, USDT: 100_000_000000n };
/** 0.1 % of what is received, rounded down to the asset's smallest unit. */
const fee = (received: bigint) => received / 1000n;

describe("two traders, each in a window", function () {
  this.timeout(240_000);
  let platform: PagePlatform;
  let seller: TraderWindow;
  let buyer: TraderWindow;

  before(async () => {
    platform = await startPagePlatform();
    [seller, buyer] = await Promise.all([platform.open(), platform.open()]);
    await Promise.all([seller.signUp("seller"), buyer.signUp("buyer")]);
    await Promise.all([seller.takeFunds(), buyer.takeFunds()]);
  });
  after(() => platform.stop());

  it("see a limit order rest: on the seller's list and in both books", async () => {
    await seller.place({ side: "Sell", price: "64000.01", quantity: "0.5" });
    await seller.orderRow("Sell", "Limit", "64,000.01", "NEW").waitFor();
    await seller.expectBalance("BTC", "1.5", "0.5");
    for (const window of [seller, buyer])
      await window.book.getByRole("button", { name: /^Ask 64,000\.01, 0\.5000/ }).waitFor();
    // The page marks the level for the one whose order it is.
    await seller.book.getByRole("button", { name: /an order of yours/ }).waitFor();
    expect(await buyer.book.getByRole("button", { name: /an order of yours/ }).count()).to.equal(0);
  });

  it("see a part of it filled by a market order, exact to the last unit, fees included", async () => {
    await buyer.place({ side: "Buy", kind: "Market", quantity: "0.3333" });
    await buyer.openTab("History");
    await buyer.orderRow("Buy", "Market", "FILLED").waitFor();
    await seller.orderRow("Sell", "Limit", "PARTLY FILLED").waitFor();

    const quantity = 33330000n;
    const total = 21331_203333n;
    await buyer.expectBalance("BTC", amountText(FUNDED.BTC + quantity - fee(quantity), 8), "0");
    await buyer.expectBalance("USDT", amountText(FUNDED.USDT - total, 6), "0");
    await seller.expectBalance("BTC", "1.5", "0.1667");
    await seller.expectBalance("USDT", amountText(FUNDED.USDT + total - fee(total), 6), "0");
  });

  it("see it FILLED by a second one, and the fills with their fees", async () => {
    await buyer.place({ side: "Buy", kind: "Market", quantity: "0.1667" });
    await seller.openTab("History");
    await seller.orderRow("Sell", "Limit", "64,000.01", "FILLED").waitFor();

    const parts = [
      { quantity: 33330000n, total: 21331_203333n },
      { quantity: 16670000n, total: 10668_801667n },
    ];
    const paid = parts.reduce((sum, { total }) => sum + total, 0n);
    const bought = parts.reduce((sum, { quantity }) => sum + quantity - fee(quantity), 0n);
    const earned = parts.reduce((sum, { total }) => sum + total - fee(total), 0n);
    await buyer.expectBalance("BTC", amountText(FUNDED.BTC + bought, 8), "0");
    await buyer.expectBalance("USDT", amountText(FUNDED.USDT - paid, 6), "0");
    await seller.expectBalance("BTC", "1.5", "0");
    await seller.expectBalance("USDT", amountText(FUNDED.USDT + earned, 6), "0");

    await buyer.openTab("Fills");
    await buyer.orderRow("Buy", "64,000.01", "0.3333", "21,331.203333", "0.0003333 BTC", "taker").waitFor();
    await seller.openTab("Fills");
    await seller
      .orderRow("Sell", "64,000.01", "0.1667", "10,668.801667", "10.668801 USDT", "maker")
      .waitFor();
  });

  it("see the trades on the tape and in the chart's last price", async () => {
    for (const window of [seller, buyer]) {
      const tape = window.page.getByRole("region", { name: "Trades" }).getByRole("listitem");
      await tape.filter({ hasText: "0.3333" }).waitFor();
      await tape.filter({ hasText: "0.1667" }).waitFor();
      await window.page.getByLabel("Last price").getByText("64,000.01").waitFor();
    }
  });

  it("never had to load the page again, and no script failed", () => {
    for (const window of [seller, buyer]) {
      expect(window.loads).to.equal(1);
      expect(window.problems).to.deep.equal([]);
    }
  });

  it("find orders, fills and balances again after a reload", async () => {
    await seller.page.reload();
    await seller.live();
    await seller.expectBalance("BTC", "1.5", "0");
    await seller.openTab("History");
    await seller.orderRow("Sell", "Limit", "64,000.01", "FILLED").waitFor();
    await seller.openTab("Fills");
    await seller.orderRow("0.3333", "maker").waitFor();
    await seller.orderRow("0.1667", "maker").waitFor();
  });
});

/** Smallest units as the page writes them: groups of three, no zeros at the end. */
function amountText(units: bigint, digits: number): string {
  const text = units.toString().padStart(digits + 1, "0");
  const whole = text.slice(0, -digits).replace(/\B(?=(\d{3})+$)/g, ",");
  const fraction = text.slice(-digits).replace(/0+$/, "");
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
