import type { ExperimentReport } from "../chaos/report/summary.ts";
import type { JudgedAlert } from "./alert-verdicts.ts";

/** One experiment of a game day: what it did, and what was heard of it. */
export interface RehearsedExperiment {
  readonly report: ExperimentReport;
  /** How long it was hurt, seconds. */
  readonly hurtSeconds: number;
  readonly alerts: readonly JudgedAlert[];
}

export interface GameDayReport {
  /** Epoch ms. */
  readonly at: number;
  readonly ordersPerSecond: number;
  readonly experiments: readonly RehearsedExperiment[];
  /** Somebody ended it before it was through. */
  readonly isInterrupted?: boolean;
}

/** What is wrong with an experiment's alerts, one line each. */
export function alertProblems({ alerts }: RehearsedExperiment): string[] {
  return alerts.flatMap(({ name, verdict }) =>
    verdict === "missing"
      ? [`${name} did not fire`]
      : verdict === "unexpected"
        ? [`${name} fired, and was not expected`]
        : [],
  );
}

/** True if every invariant held, and every alert fired that had to, and no other. */
export function hasHeld({ experiments, isInterrupted }: GameDayReport): boolean {
  return (
    isInterrupted !== true &&
    experiments.every(
      (each) =>
        each.report.passed !== false && each.report.failed === undefined && alertProblems(each).length === 0,
    )
  );
}
