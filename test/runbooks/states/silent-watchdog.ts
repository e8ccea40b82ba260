import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunningServer } from "#local/aws-local/run-server.ts";
import { PrometheusClient } from "#local/observe/prometheus-client.ts";
import { prometheusProgram } from "#local/observe/prometheus-program.ts";
import { startPrometheus } from "#local/observe/start-prometheus.ts";
import { becomesTrue } from "#test/support/becomes-true.ts";
import type { Stage } from "../stage.ts";
import type { State } from "./state.ts";

const SCRAPE_SECONDS = 1;

/** The Prometheus that watches the platform is killed: the alert that fires always falls silent, and no other would be heard of. */
export function silentWatchdog(): State {
  let prometheus: RunningServer | undefined;
  const start = async (stage: Stage) => {
    prometheus = await watch(stage);
    await becomesTrue("Watchdog fires", () => isWatchdogHeard(stage));
  };
  return {
    make: async (stage) => {
      await start(stage);
      await prometheus?.kill();
    },
    end: start,
    leave: async () => prometheus?.stop(),
  };
}

/** Where the Prometheus that was started last is to be asked. */
const addressOf = ({ dataFolder }: Stage) => join(dataFolder, "watched-at");

async function watch(stage: Stage): Promise<RunningServer> {
  const program = prometheusProgram();
  if (program === undefined) throw new Error("prometheus is not here: install the package `prometheus`");
  const server = await startPrometheus({
    program,
    folder: join(stage.dataFolder, "watch"),
    targetsFile: join(stage.dataFolder, "metrics-targets.json"),
    scrapeSeconds: SCRAPE_SECONDS,
    clock: stage.experiment.clock,
  });
  writeFileSync(addressOf(stage), server.url);
  return server;
}

/** What the receiver of the alert that fires always asks itself. */
export async function isWatchdogHeard(stage: Stage): Promise<boolean> {
  if (!existsSync(addressOf(stage))) return false;
  const client = new PrometheusClient(readFileSync(addressOf(stage), "utf8"));
  const alerts = await client.alerts().catch(() => []);
  return alerts.some(({ labels, state }) => labels.alertname === "Watchdog" && state === "firing");
}
