import type { Experiment } from "./experiment.ts";
import { cpuStarve, latency, partition, regionLoss } from "./region-faults.ts";
import { fanoutLoss, ledgerFailover, storeThrottle } from "./store-faults.ts";
import { zoneLoss } from "./zone-loss.ts";

/** All experiments, in the order in which `npm run chaos` runs those of the same names. */
export const EXPERIMENTS: readonly Experiment[] = [
  zoneLoss,
  regionLoss,
  partition,
  latency,
  storeThrottle,
  cpuStarve,
  fanoutLoss,
  ledgerFailover,
];
