import { systemRandom } from "#shared/adapters/real/system-random.ts";
import type { Experiment } from "../chaos/experiment.ts";
import { allExperiments } from "../chaos/experiments/all.ts";
import { CommandLineError } from "../cli/fatal.ts";
import { prometheusProgram } from "../observe/prometheus-program.ts";
import { alertProblems, type GameDayReport, type RehearsedExperiment } from "./gameday-report.ts";
import { type Grounds, openGrounds } from "./grounds.ts";
import type { GameDayOptions } from "./options.ts";
import { Rehearsal } from "./rehearse.ts";

type RunOptions = Extract<GameDayOptions, { kind: "run" }>;

export interface GameDayTold {
  say(text: string): void;
  /** The report so far, after each experiment. */
  onProgress(report: GameDayReport): void;
  /** Ends it: what is hurt is healed, and the report is what there is until then. */
  readonly signal: AbortSignal;
}

/**
 * Runs experiments in turn and watches the alerts. One that fails is a result, and the next one begins on a platform that is started anew, where this one was started for the game day. Throws
 * `CommandLineError` where the first cannot begin.
 */
export async function runGameDay(options: RunOptions, told: GameDayTold): Promise<GameDayReport> {
  if (prometheusProgram() === undefined)
    throw new CommandLineError(
      "A game day needs Prometheus: install the package prometheus, or name its program in PROMETHEUS_PATH.",
    );
  const { say, onProgress, signal } = told;
  const random = systemRandom();
  const { load, forSeconds } = options;
  const interrupted = new Promise<"interrupted">((resolve) => {
    if (signal.aborted) resolve("interrupted");
    signal.addEventListener("abort", () => resolve("interrupted"));
  });
  const open = () => openGrounds({ ...options, random });
  let grounds: Grounds | undefined = await open();
  const at = grounds.stage.clock.now();
  const experiments: RehearsedExperiment[] = [];
  const report = (): GameDayReport => ({
    ...{ at, ordersPerSecond: load, experiments },
    ...(signal.aborted ? { isInterrupted: true } : {}),
  });
  try {
    for (const experiment of chosenOf(options)) {
      if (signal.aborted) break;
      say(`${experiment.name}: ${experiment.what} … `);
      try {
        grounds ??= await open();
      } catch (error) {
        experiments.push(notBegun(experiment, load, at, error));
        say(`${outcome(experiments)}\n`);
        onProgress(report());
        continue;
      }
      const rehearsal = new Rehearsal(experiment, grounds, { load, forSeconds, random });
      const ending = await Promise.race([rehearsal.run(), grounds.ended, interrupted]);
      experiments.push(typeof ending === "string" ? await rehearsal.breakOff(ending) : ending);
      say(`${outcome(experiments)}\n`);
      onProgress(report());
      if (experiments.at(-1)?.report.failed === undefined || !grounds.isOwn) continue;
      // Whatever state it left says nothing of the next one.
      await grounds.close();
      grounds = undefined;
    }
    return report();
  } finally {
    await grounds?.close();
  }
}

function chosenOf({ names }: RunOptions): readonly Experiment[] {
  const all = allExperiments();
  return names.flatMap((name) => all.filter((one) => one.name === name));
}

function notBegun(
  { name, what }: Experiment,
  ordersPerSecond: number,
  at: number,
  error: unknown,
): RehearsedExperiment {
  const failed = `no platform could be started: ${error instanceof Error ? error.message : String(error)}`;
  const report = { experiment: name, what, failed, at, regions: 0, ordersPerSecond };
  return { report, hurtSeconds: 0, alerts: [] };
}

function outcome(experiments: readonly RehearsedExperiment[]): string {
  const last = experiments.at(-1);
  if (last === undefined) return "";
  const { notHere, failed, passed } = last.report;
  if (notHere !== undefined) return "not here";
  const held = failed === undefined ? (passed ? "held" : "BROKEN") : `FAILED: ${failed}`;
  return [held, ...alertProblems(last)].join("; ");
}
