import { exitWithClearLine } from "./cli/fatal.ts";
import { parseOptions } from "./cli/options.ts";
<<<<<<< HEAD
=======
import { stopOnSignals } from "./cli/stop-on-signals.ts";
import { startEmbeddedRegion } from "./embedded-region.ts";

const WEB_FOLDER = fileURLToPath(new URL("../services/web/dist", import.meta.url));
>>>>>>> w-page

/** `npm start`: one Region of Meridian on this machine, and a few bots, until it is told to stop. */
async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.kind === "help") {
    process.stdout.write(options.text);
    return;
  }
<<<<<<< HEAD
  // Loaded only now: a word about a wrong option comes at once.
  const { runPlatform } = await import("./run-platform.ts");
  await runPlatform(options);
  process.exit(0);
=======
  const log = pino({ level: process.env.MERIDIAN_LOG ?? "warn" });
  const region = await startEmbeddedRegion({
    port: options.port,
    dataFolder: options.dataFolder,
    fresh: options.fresh,
    webFolder: WEB_FOLDER,
    faucet: true,
    rateLimits: "generous",
    log,
    onFailure: exitWithClearLine,
  });
  process.stdout.write(`Meridian is ready: ${region.url}\n`);
  // The bots sign up and fund themselves while the page already answers.
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
    await (await bots)?.stop();
    await region.stop();
  });
>>>>>>> w-page
}

process.on("uncaughtException", exitWithClearLine);
main().catch(exitWithClearLine);
