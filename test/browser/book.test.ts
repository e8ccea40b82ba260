import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { signUpTrader } from "#test/support/test-trader.ts";
import { type PagePlatform, startPagePlatform } from "./page-platform.ts";
import type { TraderWindow } from "./trader-window.ts";

const LEVELS = [
  ["SELL", "64001.50", "0.2"],
  ["SELL", "64003.00", "0.3"],
  ["BUY", "63999.00", "0.1"],
  ["BUY", "63990.00", "0.4"],
] as const;

describe("the order book on the page", function () {
  this.timeout(240_000);
  let platform: PagePlatform;
  let trader: TraderWindow;

  before(async () => {
    platform = await startPagePlatform();
    const maker = await signUpTrader(platform.url, "maker");
    for (const [side, price, quantity] of LEVELS) {
      const order = { symbol: "BTCUSDT", side, type: "LIMIT", timeInForce: "GTC", price, quantity };
      expect((await maker.post("/api/v3/order", order)).status).to.equal(200);
    }
    trader = await platform.open();
    await trader.signUp("clicker");
    await trader.takeFunds();
  });
  after(() => platform.stop());

  /** Waits until a field of the ticket holds this. */
  const expectField = (label: string, value: string) =>
    trader.ticket
      .getByLabel(label)
      .and(trader.page.locator("input"))
      .evaluate(
        (input, wanted) =>
          new Promise<void>((resolve) => {
            const look = () =>
              (input as HTMLInputElement).value === wanted ? resolve() : requestAnimationFrame(look);
            look();
          }),
        value,
      );
  const expectPressed = (name: string) =>
    trader.ticket.getByRole("button", { name, exact: true, pressed: true }).waitFor();

  it("shows prices best next to the spread, with their depth as bars that grow away from it", async () => {
    await trader.book.getByText("Spread 2.50").waitFor();
    const widths = (side: string) =>
      trader.book
        .getByRole("list", { name: side })
        .locator(".bar")
        .evaluateAll((bars) => bars.map((bar) => Number.parseFloat((bar as HTMLElement).style.width)));
    // Asks stand with the best at the bottom. Of 0.5 in all on each side: 0.2 and 0.5, 0.1 and 0.5.
    expect(await widths("Asks")).to.deep.equal([100, 40]);
    expect(await widths("Bids")).to.deep.equal([20, 100]);
  });

  it("shows a dash, not a price of zero, where nothing was traded yet", async () => {
    await trader.page.getByLabel("Last price").getByText("–", { exact: true }).waitFor();
    expect(await trader.ticket.getByRole("button", { name: "last price" }).count()).to.equal(0);
  });

  it("fills the ticket with a clicked ask: a buy of all up to it", async () => {
    await trader.ticket.getByRole("button", { name: "Market", exact: true }).click();
    await trader.book.getByRole("button", { name: /^Ask 64,003\.00/ }).click();
    await expectField("Price", "64003.00");
    await expectField("Quantity", "0.5000");
    await expectPressed("Buy");
    await expectPressed("Limit");
    await trader.ticket.getByText("32,001.500000 USDT").waitFor();
  });

  it("fills the ticket with a clicked bid by the keyboard: a sale", async () => {
    await trader.book.getByRole("button", { name: /^Bid 63,999\.00/ }).press("Enter");
    await expectField("Price", "63999.00");
    await expectField("Quantity", "0.1000");
    await expectPressed("Sell");
  });

  it("gathers prices by a larger step so that none looks better than it is", async () => {
    await trader.book.getByLabel("Group prices by").selectOption("10.00");
    await trader.book.getByRole("button", { name: /^Ask 64,010\.00, 0\.5000/ }).waitFor();
    await trader.book.getByRole("button", { name: /^Bid 63,990\.00, 0\.5000/ }).waitFor();
    await trader.book.getByLabel("Group prices by").selectOption("0.01");
  });

  it("tells what a market order would cost and bring, from the levels that it would take", async () => {
    await trader.fillTicket({ side: "Buy", kind: "Market", quantity: "0.3" });
    // 0.2 at 64,001.50 and 0.1 at 64,003.00; the fee is 0.1 % of 0.3.
    await trader.ticket.getByText("19,200.600000 USDT").waitFor();
    await trader.ticket.getByText("0.0003 BTC").waitFor();
    await trader.ticket.getByText("0.2997 BTC").waitFor();
    // A sale of 2,133.298233 USDT: the fee, 0.1 % of it, is cut at the smallest unit of USDT.
    await trader.fillTicket({ side: "Sell", kind: "Limit", price: "64063.01", quantity: "0.0333" });
    await trader.ticket.getByText("2.133298 USDT").waitFor();
    await trader.ticket.getByText("2,131.164935 USDT").waitFor();
    await trader.fillTicket({ side: "Buy", kind: "Market", quantity: "0.6" });
    await trader.ticket.getByText("The book has only 0.5 BTC for this now.").waitFor();
  });

  it("spends a part of the balance: so many lots of a limit order, a total of a market buy", async () => {
    await trader.fillTicket({ side: "Buy", price: "60000", quantity: "" });
    await trader.ticket.getByRole("button", { name: "50%" }).click();
    await expectField("Quantity", "0.8333");
    await trader.ticket.getByRole("button", { name: "Sell", exact: true }).click();
    await trader.ticket.getByRole("button", { name: "25%" }).click();
    await expectField("Quantity", "0.5000");
    await trader.ticket.getByRole("button", { name: "Buy", exact: true }).click();
    await trader.ticket.getByRole("button", { name: "Market", exact: true }).click();
    await trader.ticket.getByRole("button", { name: "25%" }).click();
    await expectField("Total", "25000.000000");
    await trader.send();
    await trader.openTab("History");
    // 0.2 at 64,001.50 are 12,800.30; the rest buys 0.1906 at 64,003.00.
    await trader.orderRow("Buy", "Market", "0.3906", "FILLED").first().waitFor();
    await trader.expectBalance("BTC", "2.3902094", "0");
  });
});
