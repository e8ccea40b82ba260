import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { runChild } from "../supervisor/run-child.ts";
import { KeptPrometheus } from "./kept-prometheus.ts";
import { startOpsServer } from "./ops-server.ts";

export interface ObserveConfig {
  /** Prometheus' program; `null` where it is not installed. */
  readonly program: string | null;
  readonly folder: string;
  readonly targetsFile: string;
  readonly tokens: readonly string[];
}

const SCRAPE_SECONDS = 2;

/** The process that watches the platform: a Prometheus, and what the operations page asks. */
runChild<ObserveConfig>(async ({ program, folder, targetsFile, tokens }, context) => {
  const clock = systemClock();
  const prometheus =
    program === null
      ? undefined
      : new KeptPrometheus({ program, folder, targetsFile, scrapeSeconds: SCRAPE_SECONDS, clock }, (port) =>
          context.reportPorts({ prometheus: port }),
        );
  const server = await startOpsServer({
    tokens,
    standing: () => prometheus?.standing ?? "not-installed",
    scrapeSeconds: SCRAPE_SECONDS,
    clock,
  });
  context.reportPorts({ ops: server.port });
  return {
    stop: async () => {
      await server.close();
      await prometheus?.stop();
    },
  };
});
