import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Prometheus' program: what `PROMETHEUS_PATH` names, or `prometheus` on the PATH; `undefined` where it is not installed. */
export function prometheusProgram(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.PROMETHEUS_PATH !== undefined) return env.PROMETHEUS_PATH;
  return (env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "prometheus"))
    .find((file) => existsSync(file));
}
