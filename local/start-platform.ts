import { join } from "node:path";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { exitWithClearLine } from "./cli/fatal.ts";
import { numberFromEnvironment } from "./cli/number-from-environment.ts";
import type { RunOptions } from "./cli/options.ts";
import { prometheusProgram } from "./observe/prometheus-program.ts";
import type { Running } from "./run-until-stopped.ts";

const NO_PROMETHEUS =
  "Prometheus is not installed, so the page has no metrics and nothing alerts: install the package prometheus, or name its program in PROMETHEUS_PATH.";

/** Starts the platform that the command line asks for, and its bots. `undefined` if `signal` asked to stop meanwhile; nothing is left running then. Throws `OperatingError`. */
export async function startPlatform(options: RunOptions, signal: AbortSignal): Promise<Running | undefined> {
  const { regions } = options;
  const snapshotCommands = numberFromEnvironment("MERIDIAN_SNAPSHOT_COMMANDS", 1);
  if (regions === "embedded") {
    const { startInOneProcess } = await import("./start-in-one-process.ts");
    const running = await startInOneProcess({ ...options, snapshotCommands, signal });
    return running && { ...running, notes: [mailNote(options.dataFolder)] };
  }
  const random = systemRandom();
  const viewToken = options.observe ? Buffer.from(random.bytes(18)).toString("base64url") : undefined;
  const { startSupervisor } = await import("./supervisor/supervisor.ts");
  const starting = startSupervisor({
    ...options,
    regions,
    latencyPercent: numberFromEnvironment("MERIDIAN_LATENCY_PERCENT", 0) ?? 100,
    snapshotCommands,
    clock: systemClock(),
    random,
    viewToken,
    signal,
    onRestart: (_name, line) => process.stderr.write(`meridian: ${line}; it is started again\n`),
    onFailure: exitWithClearLine,
  });
  const platform = await starting.catch((error: unknown) => {
    if (error === signal.reason) return undefined;
    throw error;
  });
  if (platform === undefined) return undefined;
  const notes = [mailNote(join(options.dataFolder, "*"))];
  return { ...platform, notes: [...notes, ...cloudNotes(options), ...observeNotes(platform.url, viewToken)] };
}

/** Nothing is mailed from here: what would be is written down, codes too. */
function mailNote(regionFolder: string): string {
  return `Mails are written to ${join(regionFolder, "events", "mails")}`;
}

/** What whoever started it with `--backend aws-local` is told. */
function cloudNotes({ backend, dataFolder }: RunOptions): string[] {
  if (backend !== "aws-local") return [];
  return [
    `On servers that play AWS, which forget everything when it stops: ${join(dataFolder, "aws-local.json")}`,
  ];
}

/** What whoever started it with `--observe` is told. */
function observeNotes(url: string, viewToken: string | undefined): string[] {
  if (viewToken === undefined) return [];
  const page = `Operations: ${url}/ops#token=${viewToken}`;
  return prometheusProgram() === undefined ? [page, NO_PROMETHEUS] : [page];
}
