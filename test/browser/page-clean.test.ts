import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import { type PagePlatform, startPagePlatform } from "./page-platform.ts";
import type { TraderWindow } from "./trader-window.ts";

describe("the page, from one end to the other", function () {
  this.timeout(240_000);
  let platform: PagePlatform;
  let trader: TraderWindow;

  before(async () => {
    platform = await startPagePlatform();
    trader = await platform.open();
  });
  after(() => platform.stop());

  it("does everything without an error, a warning or a violation on the console", async () => {
    await trader.signUp("clean");
    await trader.takeFunds();
    for (const interval of ["5m", "1h", "1d", "1m"])
      await trader.page.getByRole("button", { name: interval, exact: true }).click();
    await trader.page.getByLabel("Search markets").fill("eth");
    await trader.page.getByLabel("Search markets").press("Enter");
    await trader.ticket.getByRole("button", { name: "Buy ETH" }).waitFor();
    await trader.place({ side: "Sell", price: "3200", quantity: "1" });
    await trader
      .orderRow("ETHUSDT", "NEW")
      .getByRole("button", { name: /^Cancel order/ })
      .click();
    await trader.orderRow("ETHUSDT", "CANCELED").waitFor();
    await trader.page.getByRole("button", { name: /Use the dark theme/ }).click();
    await trader.page.getByRole("button", { name: "clean" }).click();
    await trader.page.getByRole("button", { name: "Sign out" }).click();
    await trader.wallet.getByText("Sign in to see your balances.").waitFor();
    await trader.signIn("clean");
    await trader.expectBalance("ETH", "30", "0");
    expect(trader.problems).to.deep.equal([]);
  });

  it("shows the market that its address names, after a reload too", async () => {
    expect(new URL(trader.page.url()).hash).to.equal("#ETHUSDT");
    await trader.page.reload();
    await trader.ticket.getByRole("button", { name: "Buy ETH" }).waitFor();
  });

  it("signs the same browser's other windows in and out together", async () => {
    const second = await trader.page.context().newPage();
    await second.goto(platform.url);
    await second.getByRole("button", { name: "clean" }).waitFor();
    await trader.page.getByRole("button", { name: "clean" }).click();
    await trader.page.getByRole("button", { name: "Sign out" }).click();
    await second.getByText("Sign in to see your orders.").waitFor();
    await second.close();
  });

  it("names every field and button for who does not see them", async () => {
    const nameless = await trader.page.locator("button, input, select").evaluateAll((controls) =>
      controls
        .filter((control) => control.checkVisibility())
        .filter((control) => {
          const labels = (control as HTMLInputElement).labels;
          const label = control.getAttribute("aria-label") ?? (labels?.length ? labels[0]?.textContent : "");
          return `${label}${control.tagName === "BUTTON" ? control.textContent : ""}`.trim() === "";
        })
        .map((control) => control.outerHTML),
    );
    expect(nameless).to.deep.equal([]);
  });

  it("is under a policy that lets it run its own scripts only", async () => {
    const { headers } = await fetch(platform.url);
    const policy = headers.get("Content-Security-Policy") ?? "";
    expect(policy).to.match(/default-src 'self'/);
    expect(policy).to.match(/script-src 'self'(;|$)/);
    expect(policy).to.match(/object-src 'none'/);
    expect(policy).to.match(/frame-ancestors 'none'/);
    const ran = await trader.page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "document.title = 'taken over'";
      document.head.append(script);
      return document.title === "taken over";
    });
    expect(ran).to.equal(false);
    expect(trader.problems.join()).to.match(/Content Security Policy/);
  });
});
