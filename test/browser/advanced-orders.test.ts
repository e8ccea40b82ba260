import { expect } from "chai";
import { after, before, beforeEach, describe, it } from "mocha";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";
import { type PagePlatform, startPagePlatform } from "./page-platform.ts";
import type { TraderWindow } from "./trader-window.ts";

describe("advanced orders, placed on the page and watched to their end", function () {
  this.timeout(240_000);
  let platform: PagePlatform;
  let trader: TraderWindow;
  let other: TestTrader;
  /** What was free when the test began, in lots of 0.0001 BTC. */
  let btcBefore: number;

  before(async () => {
    platform = await startPagePlatform();
    other = await signUpTrader(platform.url, "other");
    trader = await platform.open();
    await trader.signUp("advanced");
    await trader.takeFunds();
  });
  after(() => platform.stop());
  beforeEach(async () => {
    await trader.openTab("Open orders");
    await tradeAt("64000");
    const row = trader.wallet.locator('tr[data-asset="BTC"] td').first();
    btcBefore = Math.round(Number(await row.textContent()) * 10_000);
  });

  const limit = async (side: "BUY" | "SELL", price: string, quantity: string) => {
    const terms = { symbol: "BTCUSDT", side, type: "LIMIT", timeInForce: "GTC", price, quantity };
    const { status, body } = await other.post("/api/v3/order", { ...terms, selfTradePreventionMode: "NONE" });
    expect(status, JSON.stringify(body)).to.equal(200);
  };
  /** A trade at this price: the other trades with itself. */
  const cross = async (price: string) => {
    await limit("BUY", price, "0.001");
    await limit("SELL", price, "0.001");
  };
  /** The last price becomes this one, and the page shows it. */
  const tradeAt = async (price: string) => {
    await cross(price);
    const text = `${price.slice(0, 2)},${price.slice(2)}.00`;
    await trader.page.getByLabel("Last price").getByText(text, { exact: true }).waitFor();
  };
  /** Waits until so much more, or less, is free than when the test began, and so much is locked; lots of 0.0001 BTC. */
  const expectBtc = (change: number, locked: number) =>
    trader.expectBalance("BTC", String((btcBefore + change) / 10_000), String(locked / 10_000));
  const field = (label: string) => trader.ticket.getByLabel(label);
  const badge = (...texts: string[]) => trader.orderRow(...texts);

  it("a stop waits for its price, then sells at the market", async () => {
    await limit("BUY", "62900", "0.1");
    await trader.chooseAdvanced("Sell", "Stop");
    await field("Stop price").fill("63000");
    await field("Quantity").fill("0.1");
    await trader.ticket
      .getByText("Waits until the price falls to 63,000.00, then sells at the market.")
      .waitFor();
    await trader.sendAndBeTaken();
    await badge("Stop, market", "stop ≤ 63,000.00", "NEW", "waiting for trigger").waitFor();
    await expectBtc(-1000, 1000);
    await cross("63000");
    await badge("Stop, market", "62,900.00", "FILLED").waitFor();
    await expectBtc(-1000, 0);
  });

  it("a trailing stop follows the price up, and sells when it has turned by its delta", async () => {
    await limit("BUY", "63600", "0.1");
    await trader.chooseAdvanced("Sell", "Stop");
    await field("Stop price").fill("");
    await field("Trailing delta").fill("2");
    await trader.ticket.getByText("Now that is 62,720.00 USDT.").waitFor();
    await field("Quantity").fill("0.1");
    await trader.sendAndBeTaken();
    await badge("Stop, market", "trails 2 %", "waiting for trigger").waitFor();
    // From 65,000 two percent are 63,700: a cent above is not enough.
    for (const price of ["65000", "63701"]) await tradeAt(price);
    await badge("Stop, market", "trails 2 %", "waiting for trigger").waitFor();
    await cross("63700");
    await badge("Stop, market", "trails 2 %", "63,600.00", "FILLED").waitFor();
    await expectBtc(-1000, 0);
  });

  it("a take profit becomes a limit order at its trigger, and is told so", async () => {
    await trader.chooseAdvanced("Sell", "Take profit");
    await trader.ticket.getByRole("button", { name: "At a limit" }).click();
    await field("Stop price").fill("65000");
    await field("Trailing delta").fill("");
    await trader.page.locator("#price").fill("64950");
    await field("Quantity").fill("0.1");
    await trader.sendAndBeTaken();
    await badge("Take profit, limit", "stop ≥ 65,000.00", "64,950.00", "waiting for trigger").waitFor();
    await tradeAt("65000");
    await trader.page.getByText("Triggered: sell 0.1 BTC at 64,950.00").waitFor();
    await trader.book.getByRole("button", { name: /^Ask 64,950\.00, 0\.1000/ }).waitFor();
    expect(await badge("Take profit, limit", "NEW", "waiting for trigger").count()).to.equal(0);
    await limit("BUY", "64950", "0.1");
    await badge("Take profit, limit", "64,950.00", "FILLED").waitFor();
    await expectBtc(-1000, 0);
  });

  it("an iceberg shows the book its part only, and the next one behind it", async () => {
    await trader.openAdvanced();
    await trader.fillTicket({ side: "Sell", price: "70000", quantity: "0.5" });
    await field("Iceberg").fill("0.1");
    await trader.ticket.getByText("The book shows it in 5 parts, each behind the others.").waitFor();
    await trader.sendAndBeTaken();
    await badge("Limit", "shows 0.1", "70,000.00", "0.5", "NEW", "iceberg").waitFor();
    await trader.book.getByRole("button", { name: /^Ask 70,000\.00, 0\.1000/ }).waitFor();
    await limit("BUY", "70000", "0.15");
    await badge("Limit", "70,000.00", "0.5", "0.15", "PARTLY FILLED", "iceberg").waitFor();
    await trader.book.getByRole("button", { name: /^Ask 70,000\.00, 0\.0500/ }).waitFor();
    await expectBtc(-5000, 3500);
    await badge("70,000.00", "PARTLY FILLED")
      .getByRole("button", { name: /^Cancel/ })
      .click();
    await expectBtc(-1500, 0);
  });

  it("of an OCO, the order that is filled ends the other; it is locked once, and refused as a whole", async () => {
    await trader.chooseAdvanced("Sell", "OCO");
    await field("Quantity").fill("0.2");
    await trader.leg("Profit").getByLabel("Price").fill("66000");
    await trader.leg("Stop").getByLabel("Stop price").fill("65000");
    await trader.send();
    const alert = trader.ticket.getByRole("alert");
    await alert.getByText("The last price, 64,000.00, has reached this stop price already.").waitFor();
    const focused = await trader.page.evaluate(() => document.activeElement?.id);
    expect(focused).to.equal(await trader.leg("Stop").getByLabel("Stop price").getAttribute("id"));
    await trader.leg("Stop").getByLabel("Stop price").fill("62000");
    await trader.sendAndBeTaken();
    await badge("Post only", "66,000.00", "NEW", "OCO").waitFor();
    await badge("Stop, market", "stop ≤ 62,000.00", "waiting for trigger", "OCO").waitFor();
    await expectBtc(-2000, 2000);
    await limit("BUY", "66000", "0.2");
    await badge("Post only", "66,000.00", "FILLED").waitFor();
    await badge("Stop, market", "stop ≤ 62,000.00", "EXPIRED").waitFor();
    await trader.openTab("History");
    await badge(
      "stop ≤ 62,000.00",
      "EXPIRED",
      "the other order of its list traded or was triggered",
    ).waitFor();
    await expectBtc(-2000, 0);
  });

  it("an OCO is canceled as the whole that it is", async () => {
    await trader.chooseAdvanced("Sell", "OCO");
    await field("Quantity").fill("0.2");
    await trader.leg("Profit").getByLabel("Price").fill("67000");
    await trader.leg("Stop").getByLabel("Stop price").fill("61000");
    await trader.sendAndBeTaken();
    const cancel = badge("Post only", "67,000.00").getByRole("button");
    await cancel.getByText("Cancel OCO").waitFor();
    expect(await cancel.getAttribute("aria-label")).to.match(/the whole OCO that it is part of$/);
    await cancel.click();
    await badge("Post only", "67,000.00", "CANCELED").waitFor();
    await badge("stop ≤ 61,000.00", "CANCELED").waitFor();
    await expectBtc(0, 0);
  });

  it("the second order of an OTO is pending until the first is filled, and sells what that brought", async () => {
    await trader.chooseAdvanced("Buy", "OTO");
    await trader.page.locator("#price").fill("63000");
    await trader.page.locator("#quantity").fill("0.1");
    await trader.leg("Second order").getByLabel("Price").fill("65000");
    await trader.sendAndBeTaken();
    await badge("Buy", "Limit", "63,000.00", "NEW", "OTO").waitFor();
    // A thousandth of what is bought is the fee.
    const pending = badge("Sell", "Limit", "65,000.00", "0.0999", "PENDING", "OTO");
    await pending.getByRole("button", { name: /the whole OTO that/ }).waitFor();
    expect(await trader.book.getByRole("button", { name: /^Ask 65,000\.00/ }).count()).to.equal(0);
    await limit("SELL", "63000", "0.1");
    await badge("Buy", "Limit", "63,000.00", "FILLED").waitFor();
    await badge("Sell", "Limit", "65,000.00", "0.0999", "NEW").waitFor();
    await trader.page.getByText("Now active: sell 0.0999 BTC at 65,000.00").waitFor();
    await trader.book.getByRole("button", { name: /^Ask 65,000\.00, 0\.0999/ }).waitFor();
    await expectBtc(0, 999);
    await badge("Sell", "65,000.00")
      .getByRole("button", { name: /^Cancel/ })
      .click();
    await expectBtc(999, 0);
  });

  it("an OTOCO buys, then guards what it bought by a profit and a stop", async () => {
    await limit("BUY", "61900", "0.1");
    await trader.chooseAdvanced("Buy", "OTOCO");
    await trader.page.locator("#price").fill("63500");
    await trader.page.locator("#quantity").fill("0.1");
    await trader.leg("Profit").getByLabel("Price").fill("66500");
    await trader.leg("Stop").getByLabel("Stop price").fill("62000");
    await trader.sendAndBeTaken();
    await badge("Sell", "Post only", "66,500.00", "PENDING", "OTOCO").waitFor();
    await badge("Sell", "Stop, market", "PENDING", "OTOCO").waitFor();
    await limit("SELL", "63500", "0.1");
    await badge("Sell", "Post only", "66,500.00", "NEW", "OTOCO").waitFor();
    await badge("Sell", "Stop, market", "stop ≤ 62,000.00", "waiting for trigger").waitFor();
    await cross("62000");
    await badge("Sell", "Stop, market", "stop ≤ 62,000.00", "FILLED").waitFor();
    await badge("Sell", "Post only", "66,500.00", "EXPIRED").waitFor();
    await expectBtc(0, 0);
  });

  it("an order that is good till a date expires when it comes", async () => {
    await trader.fillTicket({ side: "Buy", price: "50000", quantity: "0.01" });
    await field("Time in force").selectOption("GTD");
    await field("Good till").fill(localTime(Date.now() + 8000));
    await trader.sendAndBeTaken();
    await badge("Limit", "50,000.00", "NEW").waitFor();
    await badge("Limit", "50,000.00", "EXPIRED", "its date came").waitFor();
    await field("Time in force").selectOption("GTC");
  });

  it("fill or kill expires whole, with the reason in words", async () => {
    await trader.fillTicket({ side: "Buy", price: "64000", quantity: "0.5" });
    await field("Time in force").selectOption("FOK");
    await trader.sendAndBeTaken();
    await badge("Limit FOK", "0.5", "EXPIRED", "could not be filled whole at once").waitFor();
    await field("Time in force").selectOption("GTC");
  });

  it("an order that would meet one of one's own is kept from it, and says how much", async () => {
    await trader.place({ side: "Sell", price: "67000", quantity: "0.1" });
    await trader.openAdvanced();
    await trader.fillTicket({ side: "Buy", price: "67000", quantity: "0.1" });
    await field("Self-trade").selectOption("EXPIRE_TAKER");
    await trader.sendAndBeTaken();
    await badge("Buy", "67,000.00", "EXPIRED (SELF-TRADE)", "0.1 kept from trading with yourself").waitFor();
    await badge("Sell", "67,000.00", "NEW")
      .getByRole("button", { name: /^Cancel/ })
      .click();
    await badge("Sell", "67,000.00", "CANCELED").waitFor();
  });

  it("a lower quantity keeps the order's place, another price does not", async () => {
    await trader.place({ side: "Sell", price: "68000", quantity: "0.3" });
    await limit("SELL", "68000", "0.1");
    const dialog = trader.page.getByRole("dialog");
    const change = (price: string) =>
      badge("Sell", price, "NEW")
        .getByRole("button", { name: /^Change order/ })
        .click();
    await change("68,000.00");
    await dialog.getByLabel("Quantity").fill("0.2");
    await dialog.getByText("it keeps its place in the queue").waitFor();
    await dialog.getByRole("button", { name: "Lower the quantity" }).click();
    await dialog.waitFor({ state: "detached" });
    await badge("Sell", "68,000.00", "0.2", "NEW").waitFor();
    await limit("BUY", "68000", "0.1");
    // It was first, and still is.
    await badge("Sell", "68,000.00", "0.2", "0.1", "PARTLY FILLED").waitFor();

    await badge("Sell", "68,000.00", "PARTLY FILLED")
      .getByRole("button", { name: /^Change order/ })
      .click();
    await dialog.getByLabel("Price").fill("68100");
    await dialog
      .getByText("Canceled, and placed anew for 0.1 BTC, behind the others at its price.")
      .waitFor();
    await dialog.getByRole("button", { name: "Replace the order" }).click();
    await badge("Sell", "68,000.00", "CANCELED").waitFor();
    await badge("Sell", "68,100.00", "0.1", "NEW").waitFor();

    await change("68,100.00");
    await dialog.getByLabel("Price").fill("68100.001");
    await dialog.getByRole("button", { name: "Replace the order" }).click();
    await dialog
      .getByRole("alert")
      .getByText(/The price must be from 0\.01 to/)
      .waitFor();
    expect(await trader.page.evaluate(() => document.activeElement?.id)).to.equal("change-price");
    await trader.page.keyboard.press("Escape");
    await badge("Sell", "68,100.00", "NEW")
      .getByRole("button", { name: /^Cancel/ })
      .click();
    await badge("Sell", "68,100.00", "CANCELED").waitFor();
  });

  it("are placed by the keyboard alone", async () => {
    const { keyboard } = trader.page;
    const toggle = trader.ticket.getByRole("button", { name: "Advanced" });
    if ((await toggle.getAttribute("aria-expanded")) === "true") await toggle.click();
    await trader.page.locator("body").press("s");
    await trader.page.waitForFunction(() => document.activeElement?.id === "quantity");
    await toggle.focus();
    await keyboard.press("Enter");
    await keyboard.press("Tab");
    // The first advanced kind is the stop; its fields follow.
    await keyboard.press("Space");
    const to = async (id: string) => {
      for (let stop = 0; stop < 12; stop++) {
        await keyboard.press("Tab");
        if ((await trader.page.evaluate(() => document.activeElement?.id)) === id) return;
      }
      throw new Error(`no way to ${id} by Tab`);
    };
    await to("stop-price");
    await keyboard.press("ControlOrMeta+a");
    await keyboard.type("60500");
    await to("quantity");
    await keyboard.type("0.05");
    await keyboard.press("Enter");
    await badge("Stop, market", "stop ≤ 60,500.00", "waiting for trigger").waitFor();
    await badge("stop ≤ 60,500.00")
      .getByRole("button", { name: /^Cancel/ })
      .click();
    await badge("stop ≤ 60,500.00", "CANCELED").waitFor();
  });

  it("are found again after a reload, with what they wait for and their list", async () => {
    await trader.page.reload();
    await trader.live();
    await trader.openTab("History");
    await badge("Stop, market", "stop ≤ 62,000.00", "FILLED", "OTOCO").waitFor();
    await badge("stop ≤ 62,000.00", "EXPIRED", "OCO").waitFor();
    await badge("trails 2 %", "FILLED").waitFor();
  });
});

/** As the browser's field for a local day and time takes it. */
function localTime(time: number): string {
  const local = time - new Date(time).getTimezoneOffset() * 60_000;
  return new Date(local).toISOString().slice(0, 19);
}
