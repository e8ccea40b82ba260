import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { CommandLineError } from "../cli/fatal.ts";
import { Breakable } from "./breakable.ts";
import { experimentOrFailure } from "./experiment-or-failure.ts";
import { allExperiments } from "./experiments/all.ts";
import { ClientLedger } from "./load/client-ledger.ts";
import { LoadGenerator } from "./load/load-generator.ts";
import { openAccounts } from "./load/open-accounts.ts";
import { openStage } from "./open-stage.ts";
import type { ChaosOptions } from "./options.ts";
import { reportMarkdown } from "./report/report-markdown.ts";
import { reportPage } from "./report/report-page.ts";
import { reportTable } from "./report/report-table.ts";
import type { ExperimentReport } from "./report/summary.ts";
import type { RunOptions } from "./run-experiment.ts";

const WARM_UP_MS = 20_000;

/**
 * Runs experiments against the platform of a data folder, one that it starts itself if need be. `true` if everything held. When the signal is aborted what is hurt is healed, and the rest is not run.
 */
export async function runChaos(
  options: Extract<ChaosOptions, { kind: "run" }>,
  signal: AbortSignal,
): Promise<boolean> {
  const all = allExperiments();
  const chosen = options.name === "all" ? all : all.filter(({ name }) => name === options.name);
  if (chosen.length === 0)
    throw new CommandLineError(
      `There is no experiment "${options.name}"; one of ${all.map(({ name }) => name).join(", ")}.`,
    );
  const clock = systemClock();
  const random = systemRandom();
  const interrupted = new Promise<"interrupted">((resolve) => {
    if (signal.aborted) resolve("interrupted");
    signal.addEventListener("abort", () => resolve("interrupted"));
  });
  const { stage, url, isOwn, close } = await openStage(options);
  try {
    const accounts = await openAccounts(url, stage, options.accounts, clock.now());
    const reports: ExperimentReport[] = [];
    const run = { stage, accounts, ordersPerSecond: options.load, forMs: options.forMs, clock, random };
    if (isOwn) await warmUp(run);
    for (const experiment of chosen) {
      process.stdout.write(`${experiment.name}: ${experiment.what} … `);
      const breakable = new Breakable(experiment);
      const report = await Promise.race([experimentOrFailure(breakable.experiment, run), interrupted]);
      if (report === "interrupted") {
        const notHealed = await breakable.breakOff(stage);
        process.stdout.write(`interrupted${notHealed === undefined ? "" : `, NOT HEALED: ${notHealed}`}\n`);
        return false;
      }
      reports.push(report);
      process.stdout.write(`${verdictOf(report)}\n`);
      write(options.reports, reports);
    }
    process.stdout.write(`\n${reportTable(reports)}\n\n${join(options.reports, "index.html")}\n`);
    return reports.every(({ passed, failed }) => passed !== false && failed === undefined);
  } finally {
    await close();
  }
}

function verdictOf({ notHere, failed, passed }: ExperimentReport): string {
  if (notHere !== undefined) return "not here";
  if (failed !== undefined) return `FAILED: ${failed}`;
  return passed ? "held" : "BROKEN";
}

/** A platform that was started a moment ago has compiled nothing yet: without load before it, the first figures would be of that. */
async function warmUp({ accounts, ordersPerSecond, clock, random }: RunOptions): Promise<void> {
  process.stdout.write(`${WARM_UP_MS / 1000} s of load, so that the figures are those of a warm platform … `);
  const ledger = new ClientLedger();
  const load = new LoadGenerator({
    ...{ accounts, ordersPerSecond, ledger, clock, random },
    run: `w${clock.now().toString(36)}`,
  });
  load.start();
  await new Promise<void>((resolve) => clock.schedule(WARM_UP_MS, resolve));
  await load.stop(WARM_UP_MS);
  process.stdout.write(`${ledger.entries.length} orders\n`);
}

function write(folder: string, reports: readonly ExperimentReport[]): void {
  mkdirSync(folder, { recursive: true });
  for (const report of reports)
    writeFileSync(join(folder, `${report.experiment}.json`), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(folder, "results.md"), reportMarkdown(reports));
  writeFileSync(join(folder, "index.html"), reportPage(reports));
}
