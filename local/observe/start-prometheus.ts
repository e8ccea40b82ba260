import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Clock } from "#shared/ports/clock.ts";
import { binaryProgram } from "../aws-local/binary-program.ts";
import { type RunningServer, runServer } from "../aws-local/run-server.ts";

/** The rules that `npm run dashboards` writes. */
export const RULES_FILE = fileURLToPath(
  new URL("../../dashboards/generated/meridian.rules.json", import.meta.url),
);
const KEPT = "2d";

export interface PrometheusOptions {
  readonly program: string;
  /** What it scraped is kept here. */
  readonly folder: string;
  /** What the platform writes of where its processes are. */
  readonly targetsFile: string;
  readonly scrapeSeconds: number;
  readonly clock: Clock;
}

/** A Prometheus that scrapes the platform and evaluates the generated rules; it ends with this process. Throws `OperatingError`. */
export function startPrometheus(options: PrometheusOptions): Promise<RunningServer> {
  const { program, folder, clock } = options;
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "prometheus.json");
  writeFileSync(config, JSON.stringify(prometheusConfig(options), null, 2));
  return runServer({
    name: "Prometheus",
    clock,
    program: (port) =>
      binaryProgram(program, [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--storage.tsdb.retention.time=${KEPT}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ]),
    isReady: async (url) => {
      const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
      return answer?.ok === true;
    },
  });
}

/** Its configuration; JSON is YAML. */
function prometheusConfig({ targetsFile, scrapeSeconds }: PrometheusOptions): object {
  const every = `${scrapeSeconds}s`;
  return {
    global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
    rule_files: [RULES_FILE],
    scrape_configs: [
      {
        job_name: "meridian",
        // Prometheus takes what is relative from its configuration's folder, not from ours.
        file_sd_configs: [{ files: [resolve(targetsFile)], refresh_interval: every }],
        // A process that comes back at another port goes on in the same line.
        relabel_configs: [{ source_labels: ["process"], target_label: "instance" }],
      },
    ],
  };
}
