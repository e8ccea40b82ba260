import type { Experiment } from "../experiment.ts";
import { cpuStarve } from "./cpu-starve.ts";
import { fanoutLoss } from "./fanout-loss.ts";
import { latency } from "./latency.ts";
import { ledgerFailover } from "./ledger-failover.ts";
import { ledgerStall } from "./ledger-stall.ts";
import { PARTITIONS } from "./partitions.ts";
import { plannedMove } from "./planned-move.ts";
import { regionLoss } from "./region-loss.ts";
import { regionRestart } from "./region-restart.ts";
import { storeThrottle } from "./store-throttle.ts";
import { zoneLoss } from "./zone-loss.ts";

/** All experiments, in the order in which `run all` runs them. */
export function allExperiments(): readonly Experiment[] {
  return [
    zoneLoss,
    plannedMove,
    regionRestart,
    regionLoss,
    ...PARTITIONS,
    latency,
    storeThrottle,
    fanoutLoss,
    ledgerFailover,
    ledgerStall,
    cpuStarve(),
  ];
}
