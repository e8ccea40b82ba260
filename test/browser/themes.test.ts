import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { signUpTrader } from "#test/support/test-trader.ts";
import { faintTexts } from "./contrast.ts";
import { type PagePlatform, startPagePlatform } from "./page-platform.ts";
import type { TraderWindow } from "./trader-window.ts";

describe("the page's themes", function () {
  this.timeout(240_000);
  let platform: PagePlatform;

  before(async () => {
    platform = await startPagePlatform();
    const maker = await signUpTrader(platform.url, "maker");
    for (const [side, price] of [
      ["SELL", "64100"],
      ["BUY", "63900"],
    ] as const) {
      const order = { symbol: "BTCUSDT", side, type: "LIMIT", timeInForce: "GTC", price, quantity: "1" };
      expect((await maker.post("/api/v3/order", order)).status).to.equal(200);
    }
  });
  after(() => platform.stop());

  const background = ({ page }: TraderWindow) =>
    page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  /** How bright the chart is at its emptiest: it is drawn, not styled. */
  const chartBackground = ({ page }: TraderWindow) =>
    page
      .locator(".canvas canvas")
      .first()
      .evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const pixels = (canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data;
        return [...(pixels ?? [])].slice(0, 3).join();
      });

  it("follow the system, and change with it", async () => {
    const trader = await platform.open({ theme: "dark" });
    expect(await background(trader)).to.equal("rgb(10, 14, 21)");
    await trader.page.emulateMedia({ colorScheme: "light" });
    await trader.page.waitForFunction(() => document.documentElement.dataset.theme === "light");
    expect(await background(trader)).to.equal("rgb(236, 239, 244)");
    await trader.close();
  });

  it("are chosen by a button, the chart's too, and kept", async () => {
    const trader = await platform.open({ theme: "light" });
    await trader.page.locator(".canvas canvas").first().waitFor();
    const before = await chartBackground(trader);
    await trader.page.getByRole("button", { name: "Use the dark theme" }).click();
    expect(await background(trader)).to.equal("rgb(10, 14, 21)");
    await trader.page.locator(".canvas canvas").first().waitFor();
    expect(await chartBackground(trader)).not.to.equal(before);
    await trader.page.reload();
    await trader.live();
    expect(await background(trader)).to.equal("rgb(10, 14, 21)");
    await trader.close();
  });

  for (const theme of ["light", "dark"] as const) {
    it(`have enough contrast everywhere: ${theme}`, async () => {
      const trader = await platform.open({ theme, reducedMotion: true });
      await trader.signUp(`reader-${theme}`);
      await trader.takeFunds();
      await trader.place({ side: "Buy", price: "60000", quantity: "0.1" });
      await trader.place({ side: "Buy", kind: "Market", quantity: "0.01" });
      await trader.orderRow("Market", "FILLED").waitFor();
      await trader.fillTicket({ side: "Sell", price: "1", quantity: "0.01" });
      await trader.send();
      await trader.ticket.getByRole("alert").waitFor();
      expect(await faintTexts(trader.page)).to.deep.equal([]);
      await trader.chooseAdvanced("Sell", "OTOCO");
      await trader.page.locator("#price").fill("66000");
      await trader.page.locator("#quantity").fill("0.1");
      await trader.leg("Profit").getByLabel("Price").fill("60000");
      await trader.leg("Stop").getByLabel("Stop price").fill("67000");
      await trader.sendAndBeTaken();
      await trader.orderRow("PENDING", "OTOCO", "Stop, market").waitFor();
      await platform.setMarketState("BTCUSDT", "BREAK");
      await trader.page.getByLabel("Market state").filter({ visible: true }).waitFor();
      expect(await faintTexts(trader.page)).to.deep.equal([]);
      await platform.setMarketState("BTCUSDT", "TRADING");
      await trader
        .orderRow("66,000.00", "NEW")
        .getByRole("button", { name: /whole OTOCO/ })
        .click();
      await trader.openTab("Fills");
      await trader.ticket.getByRole("button", { name: "Advanced" }).click();
      await trader.fillTicket({ side: "Buy", price: "60000", quantity: "100" });
      await trader.page.getByRole("button", { name: "reader" }).click();
      await trader.page.getByRole("button", { name: "API keys" }).click();
      expect(await faintTexts(trader.page)).to.deep.equal([]);
      await trader.close();
    });
  }

  it("move nothing for who asked for reduced motion", async () => {
    const trader = await platform.open({ reducedMotion: true });
    const moving = await trader.page.evaluate(
      () =>
        [...document.querySelectorAll("#root *")]
          .map((element) => getComputedStyle(element))
          .filter(
            (style) => style.animationName !== "none" || Number.parseFloat(style.transitionDuration) > 0,
          ).length,
    );
    expect(moving).to.equal(0);
    await trader.close();
  });

  it("show where the keyboard is, at every stop", async () => {
    const trader = await platform.open();
    await trader.signUp("keyboarder");
    await trader.book.getByRole("button", { name: /^Ask/ }).waitFor();
    // The dialog has closed: the keyboard is at the account that it has made. From there once around.
    await trader.page.waitForFunction(() => document.activeElement?.textContent?.includes("keyboarder"));
    await trader.page.keyboard.press("Shift");
    await trader.page.evaluate(() => document.querySelector<HTMLElement>(".skip")?.focus());
    const stops = new Set<string>();
    for (let stop = 0; stop < 60; stop++) {
      const { name, outline } = await trader.page.evaluate(() => {
        const focused = document.activeElement ?? document.body;
        const { outlineStyle, outlineWidth } = getComputedStyle(focused);
        return {
          name: `${focused.tagName} ${focused.getAttribute("aria-label") ?? ""} ${focused.id} ${focused.textContent?.slice(0, 30)}`,
          outline: outlineStyle === "none" ? 0 : Number.parseFloat(outlineWidth),
        };
      });
      if (name.startsWith("BODY")) break;
      stops.add(name);
      expect(outline, name).to.be.at.least(2);
      await trader.page.keyboard.press("Tab");
    }
    const all = [...stops].join("\n");
    for (const part of [
      "Skip to the order ticket",
      "Search markets",
      "Ask ",
      "price",
      "quantity",
      "Open orders",
    ])
      expect(all).to.contain(part);
    await trader.close();
  });
});
