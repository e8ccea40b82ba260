import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Prometheus' tool, on the PATH or beside the program that PROMETHEUS_PATH names. */
export function promtool(): string {
  const named = process.env.PROMETHEUS_PATH;
  const folders = [
    ...(named === undefined ? [] : [join(named, "..")]),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  const found = folders.map((folder) => join(folder, "promtool")).find(existsSync);
  if (found === undefined) throw new Error("promtool is not here: install the package `prometheus`");
  return found;
}
