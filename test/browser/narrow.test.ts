import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { signUpTrader, type TestTrader } from "#test/support/test-trader.ts";
import { type PagePlatform, startPagePlatform } from "./page-platform.ts";
import type { TraderWindow } from "./trader-window.ts";

const VIEWS = ["Chart", "Book", "Trade", "Orders", "Wallet"] as const;

describe("the page on a phone of 390 px", function () {
  this.timeout(240_000);
  let platform: PagePlatform;
  let trader: TraderWindow;
  let other: TestTrader;

  before(async () => {
    platform = await startPagePlatform();
    other = await signUpTrader(platform.url, "other");
    trader = await platform.open({ width: 390, height: 844 });
  });
  after(() => platform.stop());

  const view = (name: (typeof VIEWS)[number]) =>
    trader.page.getByRole("navigation", { name: "Views" }).getByRole("button", { name }).click();
  /** Pixels by which something sticks out of the window sideways. */
  const overhang = () =>
    trader.page.evaluate(() => {
      const root = document.documentElement;
      const edges = [...document.querySelectorAll("body *")]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }))
        .filter((element) => element.closest(".canvas, .skip, .hidden, .brand") === null)
        .map((element) => element.getBoundingClientRect().right - root.clientWidth);
      return Math.ceil(Math.max(root.scrollWidth - root.clientWidth, ...edges));
    });

  it("has the top bar in one line, signed out and signed in", async () => {
    const bar = trader.page.getByRole("banner");
    const tops = async () =>
      new Set(
        await bar.getByRole("button").evaluateAll((buttons) =>
          buttons.map((button) => {
            const { top, height } = button.getBoundingClientRect();
            return Math.round((top + height / 2) / 4);
          }),
        ),
      );
    expect((await tops()).size).to.equal(1);
    await trader.signUp("a-rather-long-name-on-a-phone");
    expect((await tops()).size).to.equal(1);
    expect(await overhang()).to.be.at.most(0);
  });

  it("trades from fund to fill without a window wider than the phone", async () => {
    await view("Wallet");
    await trader.takeFunds();
    const ask = {
      symbol: "BTCUSDT",
      side: "SELL",
      type: "LIMIT",
      timeInForce: "GTC",
      price: "64000",
      quantity: "0.2",
    };
    expect((await other.post("/api/v3/order", ask)).status).to.equal(200);
    await view("Book");
    // A click on a level leads to the ticket.
    await trader.book.getByRole("button", { name: /^Ask 64,000\.00/ }).click();
    await trader.ticket.getByRole("button", { name: "Buy BTC" }).click();
    await trader.page.getByText("Filled: bought 0.2 BTC at 64,000.00").waitFor();
    await trader.place({ side: "Buy", price: "60000", quantity: "0.1" });
    await view("Orders");
    await trader
      .orderRow("60,000.00", "NEW")
      .getByRole("button", { name: /^Cancel order/ })
      .click();
    await trader.orderRow("60,000.00", "CANCELED").waitFor();
    await trader.openTab("Fills");
    await trader.orderRow("64,000.00", "0.0002 BTC").waitFor();
    await view("Wallet");
    await trader.expectBalance("BTC", "2.1998", "0");
  });

  it("reaches every part, and nothing scrolls sideways in any of them", async () => {
    const parts: Record<(typeof VIEWS)[number], readonly string[]> = {
      Chart: ["Chart", "Markets"],
      Book: ["Order book", "Trades"],
      Trade: ["Order ticket"],
      Orders: ["Orders"],
      Wallet: ["Balances"],
    };
    for (const name of VIEWS) {
      await view(name);
      for (const part of parts[name])
        await trader.page.getByRole("region", { name: part, exact: true }).waitFor();
      expect(await overhang(), name).to.be.at.most(0);
    }
    await view("Orders");
    for (const tab of ["Open orders", "History", "Fills"] as const) {
      await trader.openTab(tab);
      expect(await overhang(), tab).to.be.at.most(0);
    }
  });

  it("has room for every advanced kind and for what comes of it", async () => {
    await view("Trade");
    for (const kind of ["Stop", "Take profit", "OCO", "OTO", "OTOCO"] as const) {
      await trader.chooseAdvanced("Buy", kind);
      expect(await overhang(), kind).to.be.at.most(0);
    }
    await trader.page.locator("#price").fill("63000");
    await trader.page.locator("#quantity").fill("0.1");
    await trader.leg("Profit").getByLabel("Price").fill("66000");
    await trader.leg("Stop").getByLabel("Stop price").fill("62000");
    await trader.sendAndBeTaken();
    await platform.setMarketState("BTCUSDT", "BREAK");
    await trader.page.getByLabel("Market state").filter({ visible: true }).waitFor();
    expect(await overhang(), "market state").to.be.at.most(0);
    await platform.setMarketState("BTCUSDT", "TRADING");
    await view("Orders");
    await trader.openTab("Open orders");
    await trader.orderRow("Sell", "Post only", "66,000.00", "PENDING").waitFor();
    expect(await overhang(), "orders").to.be.at.most(0);
    await trader
      .orderRow("63,000.00", "NEW")
      .getByRole("button", { name: /whole OTOCO/ })
      .click();
    await trader.orderRow("66,000.00", "CANCELED").waitFor();
  });

  it("changes the market from any view", async () => {
    await view("Trade");
    await trader.page.getByLabel("Market", { exact: true }).selectOption("AAPLUSD");
    await trader.ticket.getByRole("button", { name: "Buy AAPL" }).waitFor();
    await view("Book");
    await trader.book.getByText("Nobody bids or asks yet").waitFor();
    await trader.page.getByLabel("Market", { exact: true }).selectOption("BTCUSDT");
  });

  it("opens the account's menu and the API keys within the window", async () => {
    await trader.page.getByRole("button", { name: "a-rather-long-name" }).click();
    expect(await overhang()).to.be.at.most(0);
    await trader.page.getByRole("button", { name: "API keys" }).click();
    const dialog = trader.page.getByRole("dialog");
    await dialog.getByLabel("Label").fill("my bot");
    await dialog.getByRole("button", { name: "Create a key" }).click();
    await dialog.getByLabel("Secret").waitFor();
    expect(await overhang()).to.be.at.most(0);
    await dialog.getByText("Register a public key").click();
    const { publicKey } = generateKeyPairSync("ed25519");
    await dialog
      .getByLabel("Ed25519 public key")
      .fill(publicKey.export({ type: "spki", format: "pem" }).toString());
    await dialog.getByLabel("Label").fill("my pair");
    await dialog.getByRole("button", { name: "Create a key" }).click();
    await dialog.getByText("“my pair” is registered").waitFor();
    await dialog.getByText("Ed25519, may trade").waitFor();
    expect(await overhang()).to.be.at.most(0);
    await trader.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  });
});
