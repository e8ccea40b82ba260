import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { CommandLineError } from "../cli/fatal.ts";
import { LOCATIONS } from "../edge/locations.ts";
import { findPlatform } from "../supervisor/control-client.ts";
import { startSupervisor } from "../supervisor/supervisor.ts";
import type { Stage } from "./experiment.ts";
import { allExperiments } from "./experiments/all.ts";
import { type LoadAccount, openLoadAccount } from "./load/load-account.ts";
import { atPresentPrice, LOAD_MARKETS } from "./load/load-market.ts";
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
  const own = findPlatform(options.dataFolder) === undefined ? await startOwn(options) : undefined;
  try {
    const control = findPlatform(options.dataFolder);
    if (control === undefined) throw new CommandLineError(`No platform runs on ${options.dataFolder}.`);
    const { url, regions, backend } = await control.status();
    if (url === undefined) throw new CommandLineError("The platform's edge is not ready; try again.");
    const stage: Stage = {
      control,
      backend,
      clock,
      regions: regions.map(({ region }) => region),
      noteTook: () => {},
    };
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
    await own?.stop();
  }
}

function startOwn({ dataFolder, regions, backend }: Extract<ChaosOptions, { kind: "run" }>) {
  return startSupervisor({
    port: 0,
    dataFolder,
    fresh: false,
    regions,
    backend,
    bots: false,
    latencyPercent: 100,
    clock: systemClock(),
    random: systemRandom(),
    onRestart: () => {},
    onFailure: (error) => {
      throw error;
    },
  });
}

async function openAccounts(
  url: string,
  { regions }: Stage,
  count: number,
  now: number,
): Promise<LoadAccount[]> {
  // With one Region all clients are next door: distance would only be added to every figure.
  const locations = regions.length === 1 ? [""] : Object.keys(LOCATIONS);
  const accounts: LoadAccount[] = [];
  const markets = await Promise.all(LOAD_MARKETS.map((market) => atPresentPrice(url, market)));
  // One after the other: passwords are made slow to check on purpose.
  for (let at = 0; at < count; at++) {
    const name = `chaos-${now.toString(36)}-${at}`;
    const location = locations[at % locations.length] ?? "";
    const market = markets[at % markets.length];
    if (market === undefined) throw new Error("the load has no market");
    accounts.push(await openLoadAccount(url, { name, password: `chaos ${name}` }, location, market));
  }
  return accounts;
}

function write(folder: string, reports: readonly ExperimentReport[]): void {
  mkdirSync(folder, { recursive: true });
  for (const report of reports)
    writeFileSync(join(folder, `${report.experiment}.json`), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(folder, "results.md"), reportMarkdown(reports));
  writeFileSync(join(folder, "index.html"), reportPage(reports));
}
