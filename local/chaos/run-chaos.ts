import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { CommandLineError } from "../cli/fatal.ts";
import { allExperiments } from "./experiments/all.ts";
import { openAccounts } from "./load/open-accounts.ts";
import { openStage } from "./open-stage.ts";
import type { ChaosOptions } from "./options.ts";
import { reportMarkdown } from "./report/report-markdown.ts";
import { reportPage } from "./report/report-page.ts";
import { reportTable } from "./report/report-table.ts";
import type { ExperimentReport } from "./report/summary.ts";
import { runExperiment } from "./run-experiment.ts";

/** Runs experiments against the platform of a data folder, one that it starts itself if need be. `true` if everything held. */
export async function runChaos(options: Extract<ChaosOptions, { kind: "run" }>): Promise<boolean> {
  const all = allExperiments();
  const chosen = options.name === "all" ? all : all.filter(({ name }) => name === options.name);
  if (chosen.length === 0)
    throw new CommandLineError(
      `There is no experiment "${options.name}"; one of ${all.map(({ name }) => name).join(", ")}.`,
    );
  const clock = systemClock();
  const random = systemRandom();
  const { stage, url, close } = await openStage(options);
  try {
    const accounts = await openAccounts(url, stage, options.accounts, clock.now());
    const reports: ExperimentReport[] = [];
    for (const experiment of chosen) {
      process.stdout.write(`${experiment.name}: ${experiment.what} … `);
      const report = await runExperiment(experiment, {
        stage,
        accounts,
        ordersPerSecond: options.load,
        forMs: options.forMs,
        clock,
        random,
      });
      reports.push(report);
      process.stdout.write(
        `${report.notHere === undefined ? (report.passed ? "held" : "BROKEN") : "not here"}\n`,
      );
      write(options.reports, reports);
    }
    process.stdout.write(`\n${reportTable(reports)}\n\n${join(options.reports, "index.html")}\n`);
    return reports.every(({ passed }) => passed !== false);
  } finally {
    await close();
  }
}

function write(folder: string, reports: readonly ExperimentReport[]): void {
  mkdirSync(folder, { recursive: true });
  for (const report of reports)
    writeFileSync(join(folder, `${report.experiment}.json`), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(folder, "results.md"), reportMarkdown(reports));
  writeFileSync(join(folder, "index.html"), reportPage(reports));
}
