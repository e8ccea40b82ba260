import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { startBots } from "./bots/start-bots.ts";
import { exitWithClearLine } from "./cli/fatal.ts";
import { parseOptions } from "./cli/options.ts";
import { startEmbeddedRegion } from "./embedded-region.ts";

const WEB_FOLDER = fileURLToPath(new URL("../services/web/dist", import.meta.url));

/** `npm start`: one Region of Meridian on this machine, and a few bots, until it is told to stop. */
async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.kind === "help") {
    process.stdout.write(options.text);
    return;
  }
  // From the environment: what stands on a command line is there for all to see.
  const operatorToken = process.env.MERIDIAN_OPERATOR_TOKEN || undefined;
  const log = pino({ level: process.env.MERIDIAN_LOG ?? "warn" });
  const region = await startEmbeddedRegion({
    port: options.port,
    dataFolder: options.dataFolder,
    fresh: options.fresh,
    webFolder: WEB_FOLDER,
    faucet: true,
    rateLimits: "generous",
    ...(operatorToken === undefined ? {} : { operatorToken }),
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

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    process.stdout.write("Stopping …\n");
    await (await bots)?.stop();
    await region.stop();
    process.stdout.write("Stopped.\n");
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => void stop().catch(exitWithClearLine));
}

main().catch(exitWithClearLine);
