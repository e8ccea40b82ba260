import { SimulatedRandom } from "./chance/simulated-random.ts";
import type { RegionStarter } from "./cluster.ts";
import { type ScenarioOptions, scenarioOf } from "./scenario.ts";
import { Simulation } from "./simulation.ts";
import { expectDraining } from "./time/drain-microtasks.ts";

export interface SeedOptions extends ScenarioOptions {
  readonly maxSteps: number;
  readonly startRegion: RegionStarter;
  readonly listener?: ((line: string) => void) | undefined;
}

/** What came of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly steps: number;
  readonly simulatedMs: number;
  /** Of all that happened: equal for equal seeds. */
  readonly hash: number;
  readonly requests: number;
  /** Orders that clients thought of, and how long they traded under faults, simulated ms. */
  readonly orders: number;
  readonly tradedMs: number;
  readonly acknowledgments: number;
  readonly messages: number;
  readonly tookMs: number;
  /** Of the processor, which others may use at the same time. */
  readonly cpuMs: number;
  readonly failure?: {
    readonly message: string;
    readonly stack: string;
    readonly lastEvents: readonly string[];
  };
}

/** Runs the cluster of one seed, from its start to its rest. Resolves with what was found; rejects never. */
export function runSeed(seed: number, options: SeedOptions): Promise<SeedResult> {
  return new Promise((resolve) => {
    // A turn of its own, for microtasks can only be drained outside of them.
    setImmediate(() => resolve(runNow(seed, options)));
  });
}

function runNow(seed: number, options: SeedOptions): SeedResult {
  expectDraining();
  const random = new SimulatedRandom(seed);
  const scenario = scenarioOf(seed, random, options);
  const simulation = new Simulation({
    scenario,
    random,
    startRegion: options.startRegion,
    maxSteps: options.maxSteps,
    listener: options.listener,
  });
  const begin = performance.now();
  const cpu = process.cpuUsage();
  const rejected = (reason: unknown) => simulation.found(reason);
  process.on("unhandledRejection", rejected);
  let failure: SeedResult["failure"];
  try {
    simulation.run();
  } catch (error) {
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    failure = { message, stack, lastEvents: simulation.trace.last(60) };
  } finally {
    process.off("unhandledRejection", rejected);
  }
  const { time, auditor, cluster } = simulation;
  return {
    seed,
    steps: time.steps,
    simulatedMs: time.now,
    hash: time.hash,
    requests: auditor.requests.requests.size,
    orders: simulation.orders,
    tradedMs: simulation.tradedMs,
    acknowledgments: auditor.requests.acknowledgments.length,
    messages: cluster.network.messages,
    tookMs: performance.now() - begin,
    cpuMs: process.cpuUsage(cpu).user / 1000,
    ...(failure === undefined ? {} : { failure }),
  };
}
