import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import type { Browser } from "playwright-core";
import { type Edge, startEdge } from "#local/edge/start-edge.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import type { RegionStatusMessage } from "#shared/protocol/region-messages.ts";
import { launchBrowser } from "#test/support/browser.ts";
import { eventually } from "#test/support/eventually.ts";
import { oneStory } from "#test/support/one-story.ts";
import {
  CUT_OFF,
  OTHER,
  OWNER,
  REGIONS,
  startThreeRegions,
  type ThreeRegions,
} from "#test/support/three-regions.ts";
import { requireBuiltPage, WEB_FOLDER } from "./page-platform.ts";
import { openTraderWindow, type TraderWindow } from "./trader-window.ts";

describe("two traders, on the two sides of a cut link", function () {
  this.timeout(240_000);
  oneStory();
  let regions: ThreeRegions;
  let browser: Browser;
  let seller: TraderWindow;
  let buyer: TraderWindow;
  let other: TraderWindow;
  let edge: Edge | undefined;

  const shardIn = async (region: typeof OWNER) => {
    const answer = await fetch(`${regions.urlOf(region)}/meridian/v1/regions`);
    const [shard] = ((await answer.json()) as RegionStatusMessage).shards;
    if (shard === undefined) throw new Error("no shard is known");
    return shard;
  };
  const walletOf = (window: TraderWindow) => window.wallet.locator("tbody").textContent();

  before(async () => {
    requireBuiltPage();
    [regions, browser] = await Promise.all([startThreeRegions(WEB_FOLDER), launchBrowser()]);
    seller = await openTraderWindow(browser, regions.urlOf(OWNER));
    other = await openTraderWindow(browser, regions.urlOf(OWNER));
    buyer = await openTraderWindow(browser, regions.urlOf(CUT_OFF));
    await seller.signUp("seller");
    await other.signUp("other");
    await buyer.signUp("buyer");
    const isUp = async (region: typeof OWNER) => ["own", "remote"].includes((await shardIn(region)).route);
    await eventually(async () => (await Promise.all(REGIONS.map(isUp))).every(Boolean));
    await Promise.all([seller, other, buyer].map((window) => window.takeFundsInTime()));
    await seller.place({ side: "Sell", price: "30000", quantity: "0.5" });
    await seller.place({ side: "Sell", price: "31000", quantity: "0.25" });
    const { seq } = await shardIn(OWNER);
    await eventually(async () => (await shardIn(CUT_OFF)).finalSeq >= seq);
  });
  after(async () => {
    await browser?.close();
    await edge?.stop();
    await regions?.stop();
  });

  it("see three Regions, and which one serves them", async () => {
    for (const [window, home] of [
      [seller, OWNER],
      [buyer, CUT_OFF],
    ] as const) {
      const pills = window.page.locator(".regions .region");
      await pills.nth(2).waitFor();
      expect(await pills.count()).to.equal(3);
      expect(await window.page.locator(`.region[data-region="${home}"]`).textContent()).to.contain("⌂");
    }
    await buyer.page.getByRole("button", { name: /us-east-1/ }).click();
    await buyer.page.getByRole("row", { name: /us-east-1.*up.*BTCUSDT/ }).waitFor();
    await buyer.page.keyboard.press("Escape");
  });

  it("are taken by the edge to the Region that is nearest to the place that they choose", async () => {
    const ports = REGIONS.map((region) => ({ region, port: Number(new URL(regions.urlOf(region)).port) }));
    edge = await startEdge({ port: 0, regions: ports, webFolder: WEB_FOLDER, clock: systemClock() });
    await eventually(() => edge?.regions.every(({ isHealthy }) => isHealthy) === true);
    const moving = await openTraderWindow(browser, edge.url);
    for (const [place, nearest] of [
      ["London", OTHER],
      ["Tokyo", CUT_OFF],
      ["New York", OWNER],
    ] as const) {
      await moving.page.locator("button.regions").click();
      await moving.page.getByLabel("You are in").selectOption({ label: place });
      await moving.page.keyboard.press("Escape");
      await moving.page.locator(`.region[data-region="${nearest}"]`).getByText("⌂").waitFor();
      await moving.live();
    }
    expect([moving.loads, moving.problems]).to.deep.equal([1, []]);
    await moving.close();
  });

  it("are told on the side without a majority that what trades there is provisional", async () => {
    regions.cut(true);
    await buyer.page.getByText(`${CUT_OFF} is cut off`).waitFor();
    await buyer.page.getByText(/BTCUSDT goes on here/).waitFor();
    await buyer.page.locator(`.region[data-region="${OWNER}"]`).getByText("unreachable").waitFor();
    await buyer.place({ side: "Buy", price: "30000", quantity: "0.5" });
    await buyer.openTab("Fills");
    await buyer.orderRow("Buy", "30,000.00", "0.5", "◌ provisional").waitFor();
    await buyer.wallet.getByRole("img", { name: "provisional" }).first().waitFor();
    await buyer.tape.getByRole("img", { name: "provisional" }).waitFor();
    expect(await seller.page.getByText("is cut off").count()).to.equal(0);
  });

  it("trade on, on the other side, with the same offer", async () => {
    await eventually(async () => ["own", "remote"].includes((await shardIn(OWNER)).route));
    await other.place({ side: "Buy", price: "30000", quantity: "0.5" });
    await seller.openTab("History");
    await seller.orderRow("Sell", "30,000.00", "FILLED").waitFor();
    await seller.openTab("Open orders");
    await seller
      .orderRow("Sell", "31,000.00")
      .getByRole("button", { name: /^Cancel/ })
      .click();
    await seller.openTab("History");
    await seller.orderRow("Sell", "31,000.00", "CANCELED").waitFor();
    await buyer.book.getByRole("button", { name: /^Ask 31,000\.00/ }).waitFor();
  });

  it("see after the heal what was undone, in orange and in words, and why", async () => {
    await buyer.watchFor(".banner", "BTCUSDT is being reconciled");
    await buyer.watchFor(".book .left", "31,000.00");
    regions.cut(false);
    await buyer.openTab("Fills");
    const row = buyer.orderRow("Buy", "30,000.00", "0.5", "⚠ conflicted");
    await row.waitFor();
    const color = await row.getByText("⚠ conflicted").evaluate((badge) => getComputedStyle(badge).color);
    expect(color).to.equal("rgb(138, 80, 0)");
    await buyer.hasSeen("BTCUSDT is being reconciled");
    await buyer.tape.getByRole("listitem").filter({ hasText: "⚠ conflicted" }).waitFor();
    await eventually(async () => (await buyer.tape.getByRole("listitem").count()) === 2);
    await buyer.openTab("Adjustments");
    await buyer.orders.getByRole("row", { name: /BTC/ }).getByRole("button", { name: "Why?" }).click();
    const panel = buyer.page.getByRole("dialog", { name: "Reconciliations" });
    await panel.getByText("⚠ conflicted: 0.5").waitFor();
    await panel.getByRole("row", { name: /^BTC 2\.4995 2 −0\.4995$/ }).waitFor();
    await panel.getByRole("row", { name: /PlaceOrder.*stands/ }).waitFor();
    await panel.getByText("Ledger lines of the busted fills").waitFor();
    await buyer.page.keyboard.press("Escape");
    await buyer.openTab("Open orders");
    await buyer.orderRow("Buy", "Limit", "30,000.00", "NEW").waitFor();
  });

  it("see for a moment, struck out, the offer that had left the book meanwhile", async () => {
    await buyer.hasSeen("31,000.00");
    await eventually(async () => (await buyer.book.locator("li.left").count()) === 0);
    expect(await buyer.book.getByText("31,000.00").count()).to.equal(0);
    expect(await seller.book.locator("li.left").count()).to.equal(0);
  });

  it("have the same balances on both sides", async () => {
    const elsewhere = await openTraderWindow(browser, regions.urlOf(OWNER));
    await elsewhere.signIn("buyer");
    await buyer.expectBalance("BTC", "2", "0");
    await buyer.expectBalance("USDT", "85,000", "15,000");
    await eventually(async () => (await walletOf(elsewhere)) === (await walletOf(buyer)));
    expect(await buyer.page.getByText("is cut off").count()).to.equal(0);
  });

  it("ask for what became of the fork once, however often they come back", async () => {
    const asked: string[] = [];
    buyer.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await buyer.page.getByRole("button", { name: /us-east-1/ }).click();
    await buyer.page.getByLabel("You are in").selectOption("Tokyo");
    await eventually(() => asked.includes("/meridian/v1/adjustments"));
    expect(asked).to.include("/meridian/v1/reconciliations");
    expect(asked.filter((path) => path.startsWith("/meridian/v1/reconciliations/"))).to.deep.equal([]);
    await buyer.page.keyboard.press("Escape");
  });

  it("never had to load the page again, and no script failed", () => {
    for (const window of [seller, buyer, other]) {
      expect(window.loads).to.equal(1);
      expect(window.problems).to.deep.equal([]);
    }
    expect(regions.failures).to.deep.equal([]);
  });
});
