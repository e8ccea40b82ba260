import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { startEmbeddedRegion } from "#local/embedded-region.ts";
import type { Metrics } from "#shared/telemetry/metrics.ts";
import type { OpenTracing } from "#shared/telemetry/open-tracing.ts";
import { launchBrowser } from "#test/support/browser.ts";
import { openTraderWindow, type TraderWindow, type WindowOptions } from "./trader-window.ts";

export const WEB_FOLDER = fileURLToPath(new URL("../../services/web/dist", import.meta.url));

/** The real Region with the built page on a free port, its data in a folder of its own, and a real browser; no bots. */
export interface PagePlatform {
  readonly url: string;
  /** A window of its own: other windows share nothing with it. */
  open(options?: WindowOptions): Promise<TraderWindow>;
  /** What an operator does to a market. */
  setMarketState(symbol: string, state: "TRADING" | "HALT" | "BREAK" | "CANCEL_ONLY"): Promise<void>;
  stop(): Promise<void>;
}

const OPERATOR_TOKEN = "of-the-tests";

export async function startPagePlatform({
  metrics,
  traces,
}: {
  readonly metrics?: Metrics;
  readonly traces?: OpenTracing;
} = {}): Promise<PagePlatform> {
  requireBuiltPage();
  const dataFolder = await mkdtemp(join(tmpdir(), "meridian-page-"));
  const region = await startEmbeddedRegion({
    port: 0,
    dataFolder,
    faucet: true,
    rateLimits: "generous",
    operators: [{ name: "operator", token: OPERATOR_TOKEN }],
    webFolder: WEB_FOLDER,
    ...(metrics === undefined ? {} : { metrics }),
    traces,
    onFailure: (error) => {
      throw error;
    },
  });
  const browser: Browser = await launchBrowser();
  return {
    url: region.url,
    open: (options) => openTraderWindow(browser, region.url, options),
    setMarketState: async (symbol, state) => {
      const { status } = await fetch(`${region.url}/meridian/v1/markets/${symbol}/state`, {
        method: "POST",
        headers: { Authorization: `Bearer ${OPERATOR_TOKEN}`, "Content-Type": "application/json" },
        body: JSON.stringify({ state }),
      });
      if (status !== 200) throw new Error(`${symbol} is not ${state}: ${status}`);
    },
    stop: async () => {
      await browser.close();
      await region.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** What `npm test` does by itself; for who runs mocha alone. */
export function requireBuiltPage(): void {
  if (!existsSync(join(WEB_FOLDER, "index.html")))
    throw new Error("the page is not built: npm run build:web (npm test does it by itself)");
}
