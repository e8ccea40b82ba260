import { renameSync, writeFileSync } from "node:fs";

/** A process that answers scrapes. */
export interface MetricsTarget {
  /** `us-east-1`, `us-east-1/a`, … */
  readonly name: string;
  readonly port: number;
}

/**
 * Tells Prometheus where the platform's processes are now, in the form of its file-based service discovery (`file_sd_configs`). Replaced
 * in one step: a reader finds the old list or the new one.
 */
export function writeMetricsTargets(file: string, targets: readonly MetricsTarget[]): void {
  const groups = targets.map(({ name, port }) => ({
    targets: [`127.0.0.1:${port}`],
    labels: { process: name },
  }));
  writeFileSync(`${file}.new`, JSON.stringify(groups, null, 2));
  renameSync(`${file}.new`, file);
}
