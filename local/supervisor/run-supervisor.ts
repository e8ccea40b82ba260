import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { exitWithClearLine } from "../cli/fatal.ts";
import { numberFromEnvironment } from "../cli/number-from-environment.ts";
import type { RunOptions } from "../cli/options.ts";
import { startSupervisor } from "./supervisor.ts";

/** Runs the platform as processes until a signal asks it to stop; resolves when all of them are gone. Throws `OperatingError`. */
export async function runSupervisor(options: RunOptions, regions: 1 | 3): Promise<void> {
  const stopRequest = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopRequest.resolve());
  const starting = startSupervisor({
    ...options,
    regions,
    latencyPercent: numberFromEnvironment("MERIDIAN_LATENCY_PERCENT", 0) ?? 100,
    snapshotCommands: numberFromEnvironment("MERIDIAN_SNAPSHOT_COMMANDS", 1),
    clock: systemClock(),
    random: systemRandom(),
    onRestart: (_name, line) => process.stderr.write(`meridian: ${line}; it is started again\n`),
    onFailure: exitWithClearLine,
  });
  const platform = await starting;
  process.stdout.write(`Meridian is ready: ${platform.url}\n`);
  await stopRequest.promise;
  process.stdout.write("Stopping …\n");
  await platform.stop();
  process.stdout.write("Stopped.\n");
}
