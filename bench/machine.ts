import { cpus, loadavg, totalmem } from "node:os";

/** Where figures were measured. Nothing here names the machine. */
export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  /** Processes that wanted a core in the minute before; far above 0, others were at work and the figures are too low. */
  readonly loadBefore: number;
}

export function thisMachine(): Machine {
  const cores = cpus();
  return {
    node: process.version,
    cpu: cores[0]?.model ?? "unknown",
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    loadBefore: Math.round(100 * (loadavg()[0] ?? 0)) / 100,
  };
}
