import type { Experiment } from "./experiment.ts";
import type { ExperimentReport } from "./report/summary.ts";
import { type RunOptions, runExperiment } from "./run-experiment.ts";

/** Runs an experiment. One that does not come to its end is a result too, and others are run all the same. */
export async function experimentOrFailure(
  experiment: Experiment,
  run: RunOptions,
): Promise<ExperimentReport> {
  try {
    return await runExperiment(experiment, run);
  } catch (error) {
    const { name, what } = experiment;
    const { stage, clock, ordersPerSecond } = run;
    const failed = error instanceof Error ? error.message : String(error);
    return {
      experiment: name,
      what,
      failed,
      at: clock.now(),
      regions: stage.regions.length,
      ordersPerSecond,
    };
  }
}
