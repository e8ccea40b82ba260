import { join } from "node:path";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { exitWithClearLine } from "./cli/fatal.ts";
import { numberFromEnvironment } from "./cli/number-from-environment.ts";
import type { RunOptions } from "./cli/options.ts";
import type { Running } from "./run-until-stopped.ts";

/** Starts the platform that the command line asks for, and its bots. `undefined` if `signal` asked to stop meanwhile; nothing is left running then. Throws `OperatingError`. */
export async function startPlatform(options: RunOptions, signal: AbortSignal): Promise<Running | undefined> {
  const { regions } = options;
  const snapshotCommands = numberFromEnvironment("MERIDIAN_SNAPSHOT_COMMANDS", 1);
  if (regions === "embedded") {
    const { startInOneProcess } = await import("./start-in-one-process.ts");
    return startInOneProcess({ ...options, snapshotCommands, signal });
  }
  const { startSupervisor } = await import("./supervisor/supervisor.ts");
  const starting = startSupervisor({
    ...options,
    regions,
    latencyPercent: numberFromEnvironment("MERIDIAN_LATENCY_PERCENT", 0) ?? 100,
    snapshotCommands,
    clock: systemClock(),
    random: systemRandom(),
    signal,
    onRestart: (_name, line) => process.stderr.write(`meridian: ${line}; it is started again\n`),
    onFailure: exitWithClearLine,
  });
  try {
    const running = await starting;
    if (options.backend === "aws-local")
      process.stdout.write(
        `On servers that play AWS, which forget everything when it stops: ${join(options.dataFolder, "aws-local.json")}\n`,
      );
    return running;
  } catch (error) {
    if (error === signal.reason) return undefined;
    throw error;
  }
}
