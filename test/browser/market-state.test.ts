import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";
import { type PagePlatform, startPagePlatform } from "./page-platform.ts";
import type { TraderWindow } from "./trader-window.ts";

describe("a market's state on the page", function () {
  this.timeout(240_000);
  let platform: PagePlatform;
  let trader: TraderWindow;
  let other: TestTrader;

  before(async () => {
    platform = await startPagePlatform();
    other = await signUpTrader(platform.url, "other");
    trader = await platform.open();
    await trader.signUp("watcher");
    await trader.takeFunds();
  });
  after(() => platform.stop());

  const become = (state: "TRADING" | "HALT" | "BREAK" | "CANCEL_ONLY") =>
    platform.setMarketState("BTCUSDT", state);
  const header = () => trader.page.getByRole("region", { name: "Chart" }).getByLabel("Market state");
  const sendButton = () => trader.ticket.getByRole("button", { name: /^(Buy|Sell) BTC/ });

  it("says at the header that it is halted, and the ticket that nothing goes", async () => {
    await trader.place({ side: "Buy", price: "60000", quantity: "0.1" });
    expect(await header().count()).to.equal(0);
    await become("HALT");
    await header().getByText("Halted").waitFor();
    await trader.ticket.getByText(/^Trading is halted/).waitFor();
    expect(await sendButton().isDisabled()).to.equal(true);
  });

  it("lets open orders be canceled in CANCEL_ONLY, and nothing else", async () => {
    await become("CANCEL_ONLY");
    await header().getByText("Cancel only").waitFor();
    await trader.ticket.getByText(/^Open orders can be canceled/).waitFor();
    expect(await sendButton().isDisabled()).to.equal(true);
    const row = trader.orderRow("60,000.00", "NEW");
    await row.getByRole("button", { name: /^Cancel/ }).click();
    await trader.orderRow("60,000.00", "CANCELED").waitFor();
  });

  it("shows what the auction would do in BREAK, takes limit orders only, and opens with it", async () => {
    await become("BREAK");
    await header().getByText("nothing would trade yet").waitFor();
    const order = { symbol: "BTCUSDT", side: "SELL", type: "LIMIT", timeInForce: "GTC" };
    const asked = await other.post("/api/v3/order", { ...order, price: "64000", quantity: "0.3" });
    expect(asked.status).to.equal(200);
    await trader.fillTicket({ side: "Buy", kind: "Market", quantity: "0.2" });
    await trader.ticket.getByText(/^Orders collect for an auction/).waitFor();
    expect(await sendButton().isDisabled()).to.equal(true);
    await trader.fillTicket({ side: "Buy", price: "64000", quantity: "0.2" });
    await trader.ticket.getByLabel("Time in force").selectOption("IOC");
    expect(await sendButton().isDisabled()).to.equal(true);
    await trader.ticket.getByLabel("Time in force").selectOption("GTC");
    await trader.place({ side: "Buy", price: "64000", quantity: "0.2" });
    await header().getByText("64,000.00 × 0.2 BTC").waitFor();
    await trader.orderRow("Buy", "64,000.00", "0.2", "NEW").waitFor();
    await become("TRADING");
    await trader.orderRow("Buy", "64,000.00", "0.2", "FILLED").waitFor();
    await header().waitFor({ state: "detached" });
    expect(await sendButton().isDisabled()).to.equal(false);
    await trader.page.getByLabel("Last price").getByText("64,000.00").waitFor();
    expect(trader.loads).to.equal(1);
    expect(trader.problems).to.deep.equal([]);
  });
});
