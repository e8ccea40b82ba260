import type { Flow } from "../flows/flow.ts";

/** What a run over the measured commands of a flow took, and how many trades they gave. */
export interface Run {
  readonly trades: number;
  readonly seconds: number;
  /** Seconds that this thread had a core: less than `seconds` where other programs wanted it too. */
  readonly cpuSeconds: number;
}

/** An engine in the benchmark. `run` brings a new one to the start of the measured commands and times only those. */
export interface Contender {
  readonly name: string;
  run(flow: Flow): Run;
}

/** Times work that returns the number of its trades. */
export function timed(work: () => number): Run {
  const cpu = process.threadCpuUsage();
  const begin = performance.now();
  const trades = work();
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.threadCpuUsage(cpu);
  return { trades, seconds, cpuSeconds: (user + system) / 1e6 };
}
