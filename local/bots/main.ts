import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { runChild } from "../supervisor/run-child.ts";
import { processLog } from "../telemetry/process-log.ts";
import { startBots } from "./start-bots.ts";

export interface BotsConfig {
  readonly url: string;
  readonly credentialsFile: string;
}

/** The bots' process. */
runChild<BotsConfig>((config) =>
  startBots({
    ...config,
    random: systemRandom(),
    clock: systemClock(),
    log: processLog({ service: "bots" }),
  }),
);
