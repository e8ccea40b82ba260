import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pino from "pino";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { startBots } from "./bots/start-bots.ts";
import { exitWithClearLine } from "./cli/fatal.ts";
import { numberFromEnvironment } from "./cli/number-from-environment.ts";
import type { RunOptions } from "./cli/options.ts";
import { startEmbeddedRegion } from "./embedded-region.ts";

const WEB_FOLDER = fileURLToPath(new URL("../services/web/dist", import.meta.url));

/** Runs one Region and its bots until a signal asks it to stop; resolves when everything is closed. Throws `OperatingError`. */
export async function runPlatform(options: RunOptions): Promise<void> {
  // From the very start: who presses Ctrl-C while it still folds gets a clean end too.
  const stopRequest = Promise.withResolvers<void>();
  let isStopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      isStopping = true;
      stopRequest.resolve();
    });
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
    events: true,
    rateLimits: "generous",
    ...(operatorToken === undefined ? {} : { operatorToken }),
    snapshotCommands: numberFromEnvironment("MERIDIAN_SNAPSHOT_COMMANDS", 1),
    log,
    onFailure: exitWithClearLine,
  });
  process.stdout.write(`Meridian is ready: ${region.url}\n`);
  // The bots sign up and fund themselves while the page already answers.
  const bots =
    options.bots && !isStopping
      ? startBots({
          url: region.url,
          random: systemRandom(),
          clock: systemClock(),
          credentialsFile: join(options.dataFolder, "bots.json"),
          log,
        })
      : undefined;
  bots?.catch(exitWithClearLine);

  await stopRequest.promise;
  process.stdout.write("Stopping …\n");
  await (await bots)?.stop();
  await region.stop();
  process.stdout.write("Stopped.\n");
}
