import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { becomesTrue } from "#test/support/becomes-true.ts";

export interface PrometheusOptions {
  readonly folder: string;
  /** What the platform writes of where its processes are. */
  readonly targetsFile: string;
  readonly rulesFile: string;
}

export interface RunningPrometheus {
  /** The series of an instant query, by their labels. Throws for one in error. */
  query(
    expr: string,
  ): Promise<readonly { readonly metric: Record<string, string>; readonly value: number }[]>;
  stop(): Promise<void>;
}

/** A real Prometheus that scrapes the platform every second and evaluates the rules. Its program: `PROMETHEUS_PATH`, or `prometheus` on the PATH. */
export async function startPrometheus(options: PrometheusOptions): Promise<RunningPrometheus> {
  const { folder, targetsFile, rulesFile } = options;
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "prometheus.json");
  writeFileSync(
    config,
    JSON.stringify({
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: [rulesFile],
      scrape_configs: [
        { job_name: "meridian", file_sd_configs: [{ files: [targetsFile], refresh_interval: "1s" }] },
      ],
    }),
  );
  const child = spawn(
    process.env.PROMETHEUS_PATH ?? "prometheus",
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: "ignore" },
  );
  const url = `http://127.0.0.1:${port}`;
  const isReady = async () => {
    const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
    return answer?.ok === true;
  };
  await becomesTrue(isReady);
  return {
    query: async (expr) => {
      const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expr })}`);
      const { status, error, data } = (await answer.json()) as {
        status: string;
        error?: string;
        data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
      };
      if (status !== "success") throw new Error(`${expr}: ${error}`);
      return (data?.result ?? []).map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    stop: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exit;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
