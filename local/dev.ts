import { join } from "node:path";
import pino from "pino";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { startBots } from "./bots/start-bots.ts";
import { exitWithClearLine } from "./cli/fatal.ts";
import { parseOptions } from "./cli/options.ts";
import { stopOnSignals } from "./cli/stop-on-signals.ts";
import { startEmbeddedRegion } from "./embedded-region.ts";
import { startPageServer } from "./page-server.ts";

/** `npm run dev`: the same platform as `npm start`, with the page from its sources. */
async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.kind === "help") {
    process.stdout.write(options.text.replace("npm start", "npm run dev"));
    return;
  }
  const log = pino({ level: process.env.MERIDIAN_LOG ?? "warn" });
  const region = await startEmbeddedRegion({
    port: 0,
    dataFolder: options.dataFolder,
    fresh: options.fresh,
    faucet: true,
    rateLimits: "generous",
    log,
    onFailure: exitWithClearLine,
  });
  const page = await startPageServer(options.port, region.url);
  process.stdout.write(`Meridian is ready, with hot reload: ${page.url}\n`);
  const bots = options.bots
    ? startBots({
        url: region.url,
        random: systemRandom(),
        clock: systemClock(),
        credentialsFile: join(options.dataFolder, "bots.json"),
        log,
      })
    : undefined;
  bots?.catch(exitWithClearLine);
  stopOnSignals(async () => {
    await page.stop();
    await (await bots)?.stop();
    await region.stop();
  });
}

main().catch(exitWithClearLine);
