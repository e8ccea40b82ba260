import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { signUpTrader } from "#test/support/test-trader.ts";
import { type PagePlatform, startPagePlatform } from "./page-platform.ts";
import type { TicketEntry, TraderWindow } from "./trader-window.ts";

interface Refused extends TicketEntry {
  readonly why: string;
  readonly words: string;
  /** The exchange's own words and code; none where the page did not need to ask. */
  readonly code?: string;
  readonly field: "price" | "quantity";
}

const REFUSED: readonly Refused[] = [
  {
    why: "there are not the funds",
    side: "Buy",
    price: "64000",
    quantity: "5",
    words: "Not enough USDT: 100,000 USDT are free.",
    code: "Account has insufficient balance for requested action. (-2010)",
    field: "quantity",
  },
  {
    why: "there is not the asset",
    side: "Sell",
    price: "64000",
    quantity: "2.0001",
    words: "Not enough BTC: 2 BTC are free.",
    code: "Account has insufficient balance for requested action. (-2010)",
    field: "quantity",
  },
  {
    why: "the price is beyond the market's bounds",
    side: "Sell",
    price: "1000000.01",
    quantity: "0.1",
    words: "The price must be from 0.01 to 1,000,000 USDT, in steps of 0.01.",
    code: "Filter failure: PRICE_FILTER (-1013)",
    field: "price",
  },
  {
    why: "the price is no multiple of the tick",
    side: "Sell",
    price: "64000.001",
    quantity: "0.1",
    words: "The price must be from 0.01 to 1,000,000 USDT, in steps of 0.01.",
    field: "price",
  },
  {
    why: "the quantity is no multiple of the lot",
    side: "Sell",
    price: "64000",
    quantity: "0.00015",
    words: "The quantity must be from 0.0001 to 9,000 BTC, in steps of 0.0001.",
    field: "quantity",
  },
  {
    why: "the total is too small",
    side: "Buy",
    price: "100",
    quantity: "0.01",
    words: "The total must be from 5 to 9,000,000 USDT.",
    code: "Filter failure: NOTIONAL (-1013)",
    field: "quantity",
  },
  {
    why: "it would trade at once though it is post only",
    side: "Buy",
    kind: "Post only",
    price: "70000",
    quantity: "0.01",
    words: "At this price the order would trade at once, and post only forbids that.",
    code: "Order would immediately match and take. (-2010)",
    field: "price",
  },
  {
    why: "a comma stands where a point belongs",
    side: "Buy",
    price: "64000,5",
    quantity: "0.01",
    words: "Enter a price as a number such as 64000.50, with a point and no commas.",
    field: "price",
  },
  {
    why: "the quantity is missing",
    side: "Buy",
    price: "64000",
    quantity: "",
    words: "Enter a quantity.",
    field: "quantity",
  },
];

interface AdvancedRefused {
  readonly why: string;
  /** Fills the ticket in; the quantity is there already. */
  readonly fill: (trader: TraderWindow) => Promise<void>;
  readonly words: string;
  readonly code?: string;
  /** The id of the field. */
  readonly field: string;
}

const ADVANCED: readonly AdvancedRefused[] = [
  {
    why: "there is nothing yet to trail from",
    fill: async (trader) => {
      await trader.chooseAdvanced("Sell", "Stop");
      await trader.ticket.getByLabel("Trailing delta").fill("2");
    },
    words: "Nothing was traded here yet, so there is no price to trail from. Enter a stop price too.",
    code: "There is no last price yet from which to trail. (-9040)",
    field: "trailing",
  },
  {
    why: "it trails further than the market allows",
    fill: async (trader) => {
      await trader.chooseAdvanced("Sell", "Stop");
      await trader.ticket.getByLabel("Stop price").fill("63000");
      await trader.ticket.getByLabel("Trailing delta").fill("50");
    },
    words: "It must trail by 0.1 to 20 %.",
    code: "Filter failure: TRAILING_DELTA (-1013)",
    field: "trailing",
  },
  {
    why: "a stop has nothing to wait for",
    fill: async (trader) => {
      await trader.chooseAdvanced("Sell", "Stop");
      await trader.ticket.getByLabel("Stop price").fill("");
      await trader.ticket.getByLabel("Trailing delta").fill("");
    },
    words: "Enter a stop price, or how far it trails.",
    field: "stop-price",
  },
  {
    why: "an iceberg shows no less than the whole",
    fill: async (trader) => {
      await trader.fillTicket({ side: "Sell", price: "66000", quantity: "0.1" });
      await trader.ticket.getByLabel("Iceberg").fill("0.1");
    },
    words: "The visible quantity must be less than the whole.",
    code: "IcebergQty exceeds QTY. (-2010)",
    field: "iceberg",
  },
  {
    why: "an iceberg has too many parts",
    fill: async (trader) => {
      await trader.fillTicket({ side: "Sell", price: "66000", quantity: "0.1" });
      await trader.ticket.getByLabel("Iceberg").fill("0.0005");
    },
    words: "The book would show it in more than 100 parts: show more of it.",
    code: "Filter failure: ICEBERG_PARTS (-1013)",
    field: "iceberg",
  },
  {
    why: "the date has passed",
    fill: async (trader) => {
      await trader.fillTicket({ side: "Sell", price: "66000", quantity: "0.1" });
      await trader.ticket.getByLabel("Iceberg").fill("");
      await trader.ticket.getByLabel("Time in force").selectOption("GTD");
      await trader.ticket.getByLabel("Good till").fill("2024-01-01T00:00:00");
    },
    words: "This time has passed.",
    code: "'goodTillDate' has passed. (-9043)",
    field: "good-till",
  },
  {
    why: "the prices of an OCO are the wrong way round",
    fill: async (trader) => {
      await trader.chooseAdvanced("Sell", "OCO");
      await trader.leg("Profit").getByLabel("Type").selectOption("TAKE_PROFIT");
      await trader.leg("Profit").getByLabel("Stop price").fill("61000");
      await trader.leg("Stop").getByLabel("Stop price").fill("62000");
    },
    words: "To sell, the profit's price must be above the stop's.",
    code: "The relationship of the prices for the orders is not correct. (-2010)",
    field: "stop-leg-stop-price",
  },
  {
    why: "the second order's price is no multiple of the tick",
    fill: async (trader) => {
      await trader.chooseAdvanced("Buy", "OTO");
      await trader.ticket.getByLabel("Time in force").first().selectOption("GTC");
      await trader.page.locator("#price").fill("63000");
      await trader.leg("Second order").getByLabel("Price").fill("65000.001");
    },
    words: "The price must be from 0.01 to 1,000,000 USDT, in steps of 0.01.",
    field: "next-leg-price",
  },
  {
    why: "the second order is too large",
    fill: async (trader) => {
      await trader.chooseAdvanced("Buy", "OTO");
      await trader.leg("Second order").getByLabel("Price").fill("65000");
      await trader.page.locator("#next-quantity").fill("9001");
    },
    words: "The quantity must be from 0.0001 to 9,000 BTC, in steps of 0.0001.",
    code: "Filter failure: LOT_SIZE (-1013)",
    field: "next-quantity",
  },
];

describe("an order that is refused, on the page", function () {
  this.timeout(240_000);
  let platform: PagePlatform;
  let trader: TraderWindow;

  before(async () => {
    platform = await startPagePlatform();
    const maker = await signUpTrader(platform.url, "maker");
    const ask = {
      symbol: "BTCUSDT",
      side: "SELL",
      type: "LIMIT",
      timeInForce: "GTC",
      price: "65000",
      quantity: "1",
    };
    expect((await maker.post("/api/v3/order", ask)).status).to.equal(200);
    trader = await platform.open();
    await trader.signUp("refused");
    await trader.takeFunds();
  });
  after(() => platform.stop());

  for (const { why, words, code, field, ...entry } of REFUSED) {
    it(`says in words that ${why}, at the field that it concerns`, async () => {
      await trader.fillTicket(entry);
      await trader.send();
      const alert = trader.ticket.getByRole("alert");
      await alert.getByText(words).waitFor();
      if (code !== undefined) await alert.getByText(code).waitFor();
      const input = trader.page.locator(`#${field}`);
      expect(await input.getAttribute("aria-invalid")).to.equal("true");
      expect(await input.getAttribute("aria-describedby")).to.equal(await alert.getAttribute("id"));
      // What was typed stays, and typing goes on there; the words go away with the next change.
      expect(await trader.page.evaluate(() => document.activeElement?.id)).to.equal(field);
      expect(await trader.ticket.getByLabel("Quantity").inputValue()).to.equal(entry.quantity);
      await input.fill("1");
      await alert.waitFor({ state: "detached" });
    });
  }

  for (const { why, fill, words, code, field } of ADVANCED) {
    it(`says in words that ${why}, at the advanced field that it concerns`, async () => {
      await trader.openAdvanced();
      await trader.page.locator("#quantity").fill("0.1");
      await fill(trader);
      await trader.send();
      const alert = trader.ticket.getByRole("alert");
      await alert.getByText(words).waitFor();
      if (code !== undefined) await alert.getByText(code).waitFor();
      const input = trader.page.locator(`#${field}`);
      expect(await input.getAttribute("aria-describedby")).to.equal(await alert.getAttribute("id"));
      expect(await trader.page.evaluate(() => document.activeElement?.id)).to.equal(field);
    });
  }

  it("sends nothing of the advanced part once that is closed", async () => {
    await trader.chooseAdvanced("Buy", "OTO");
    await trader.ticket.getByRole("button", { name: "Advanced" }).click();
    await trader.ticket.getByRole("button", { name: "Limit", exact: true, pressed: true }).waitFor();
    expect(await trader.page.locator("#next-quantity").count()).to.equal(0);
  });

  it("leaves no order and no lock behind", async () => {
    await trader.expectBalance("USDT", "100,000", "0");
    await trader.expectBalance("BTC", "2", "0");
    await trader.orders.getByText("No open orders.").waitFor();
  });

  it("warns before it is sent where the funds do not reach", async () => {
    await trader.fillTicket({ side: "Buy", price: "64000", quantity: "5" });
    await trader.ticket.getByText("More than the USDT that you have free.").waitFor();
    await trader.ticket.getByText("320,000.000000 USDT").waitFor();
  });

  it("says so when a name is taken or a password wrong", async () => {
    const other = await platform.open();
    const dialog = other.page.getByRole("dialog");
    await other.page.getByRole("button", { name: "Sign up", exact: true }).click();
    await dialog.getByLabel("Name").fill("REFUSED");
    await dialog.getByLabel("Password").fill("correct horse");
    await dialog.getByRole("button", { name: "Create the account" }).click();
    await dialog.getByRole("alert").getByText("This name is taken.").waitFor();
    await dialog.getByRole("button", { name: "I have one: sign in" }).click();
    await dialog.getByLabel("Name").fill("refused");
    await dialog.getByLabel("Password").fill("wrong horse");
    await dialog.getByRole("button", { name: "Sign in", exact: true }).click();
    await dialog.getByRole("alert").getByText("Wrong name or password.").waitFor();
    await other.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await other.close();
  });
});
