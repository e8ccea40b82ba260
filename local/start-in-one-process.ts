import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tuneV8 } from "#services/matching/tune-v8.ts";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { NO_METRICS } from "#shared/telemetry/metrics.ts";
import { openMetrics } from "#shared/telemetry/open-metrics.ts";
import { startBots } from "./bots/start-bots.ts";
import { exitWithClearLine } from "./cli/fatal.ts";
import { operatorsFromEnvironment } from "./cli/operators-from-environment.ts";
import type { RunOptions } from "./cli/options.ts";
import { startEmbeddedRegion } from "./embedded-region.ts";
import type { Running } from "./run-until-stopped.ts";
import { processLog } from "./telemetry/process-log.ts";
import { tracesFromEnvironment } from "./telemetry/traces-from-environment.ts";

const WEB_FOLDER = fileURLToPath(new URL("../services/web/dist", import.meta.url));

export interface OneProcessOptions extends Omit<RunOptions, "kind" | "regions" | "backend"> {
  readonly snapshotCommands?: number | undefined;
  readonly signal: AbortSignal;
}

/** One Region and its bots in this process. Throws `OperatingError`. */
export async function startInOneProcess(options: OneProcessOptions): Promise<Running> {
  const { port, dataFolder, fresh, snapshotCommands, signal } = options;
  tuneV8();
  const operators = operatorsFromEnvironment();
  const otlpUrl = process.env.OTEL_EXPORTER_OTLP_ENDPOINT || undefined;
  const open =
    otlpUrl === undefined ? undefined : openMetrics({ service: "gateway", region: "us-east-1", otlpUrl });
  const traced = {
    service: "gateway",
    region: "us-east-1",
    clock: systemClock(),
    metrics: open?.metrics ?? NO_METRICS,
  };
  const traces = tracesFromEnvironment(traced, process.env);
  const log = processLog({
    service: "gateway",
    region: "us-east-1",
    secrets: operators.map(({ token }) => token),
    trace: () => traces?.tracing.current(),
  });
  const region = await startEmbeddedRegion({
    port,
    dataFolder,
    fresh,
    webFolder: WEB_FOLDER,
    faucet: true,
    events: true,
    rateLimits: "generous",
    operators,
    snapshotCommands,
    log,
    traces,
    ...(open === undefined ? {} : { metrics: open.metrics }),
    onFailure: exitWithClearLine,
  });
  // The bots sign up and fund themselves while the page already answers.
  const bots =
    options.bots && !signal.aborted
      ? startBots({
          url: region.url,
          random: systemRandom(),
          clock: systemClock(),
          credentialsFile: join(dataFolder, "bots.json"),
          log,
        })
      : undefined;
  bots?.catch(exitWithClearLine);
  return {
    url: region.url,
    stop: async () => {
      await (await bots)?.stop();
      await region.stop();
      await traces?.close();
      await open?.close();
    },
  };
}
