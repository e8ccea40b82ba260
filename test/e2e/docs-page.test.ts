import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import type { Browser } from "playwright-core";
import { launchBrowser } from "#test/support/browser.ts";
import { startTestGateway, type TestGateway } from "./rest-gateway.ts";

describe("the readable page of the API", () => {
  let gateway: TestGateway;
  let browser: Browser;

  before(async () => {
    gateway = await startTestGateway();
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await gateway.stop();
  });

  for (const width of [1440, 390]) {
    it(`fits ${width} px, breaks no rule of its policy, and every link leads somewhere`, async () => {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.goto(`${gateway.url}/docs`);
      const found = await page.evaluate(() => ({
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        clipped: [...document.querySelectorAll("td, .wide")].filter(
          (cell) => cell.scrollWidth > cell.clientWidth + 1,
        ).length,
        broken: [...document.querySelectorAll("a[href^='#']")]
          .map((link) => link.getAttribute("href") ?? "")
          .filter((target) => document.getElementById(target.slice(1)) === null),
        titles: [...document.querySelectorAll("section h2")].map((title) => title.textContent),
      }));
      expect(found).to.deep.include({ overflow: 0, clipped: 0, broken: [] });
      expect(found.titles).to.include.members([
        "POST /api/v3/order",
        "POST /orders",
        "POST /meridian/v1/sign-up",
        "Errors",
      ]);
      expect(complaints).to.deep.equal([]);
      await page.close();
    });
  }
});
