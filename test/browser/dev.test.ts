import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { describe, it } from "mocha";
import { launchBrowser } from "#test/support/browser.ts";
import { openTraderWindow } from "./trader-window.ts";

const DEV = fileURLToPath(new URL("../../local/dev.ts", import.meta.url));

describe("npm run dev", function () {
  this.timeout(240_000);

  it("serves the page from its sources and the platform at one URL, and Ctrl-C ends both", async () => {
    const folder = await mkdtemp(join(tmpdir(), "meridian-dev-"));
    const args = [DEV, "--port", "0", "--data", folder, "--no-bots"];
    const program = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(program, "exit");
    const browser = await launchBrowser();
    try {
      const url = await readyUrl(program.stdout);
      const trader = await openTraderWindow(browser, url);
      // Vite's client is what replaces a changed module in the open page.
      expect(await trader.page.locator('script[src="/@vite/client"]').count()).to.equal(1);
      await trader.signUp("developer");
      await trader.takeFunds();
      await trader.place({ side: "Buy", price: "60000", quantity: "0.1" });
      await trader.orderRow("60,000.00", "NEW").waitFor();
      program.kill("SIGINT");
      expect(await ended).to.deep.equal([0, null]);
    } finally {
      program.kill("SIGKILL");
      await browser.close();
      await ended;
      await rm(folder, { recursive: true, force: true });
    }
  });
});

async function readyUrl(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const url = /ready, with hot reload: (\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    output.resume();
    return url;
  }
  throw new Error("the program ended before it was ready");
}
