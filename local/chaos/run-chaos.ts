import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "#shared/adapters/real/system-clock.ts";
import { systemRandom } from "#shared/adapters/real/system-random.ts";
import { CommandLineError } from "../cli/fatal.ts";
import { LOCATIONS } from "../edge/locations.ts";
import { findPlatform } from "../supervisor/control-client.ts";
import { startSupervisor } from "../supervisor/supervisor.ts";
import type { Experiment, Stage } from "./experiment.ts";
import { allExperiments } from "./experiments/all.ts";
import { ClientLedger } from "./load/client-ledger.ts";
import { type LoadAccount, openLoadAccount } from "./load/load-account.ts";
import { LoadGenerator } from "./load/load-generator.ts";
import { atPresentPrice, LOAD_MARKETS } from "./load/load-market.ts";
import type { ChaosOptions } from "./options.ts";
import { reportMarkdown } from "./report/report-markdown.ts";
import { reportPage } from "./report/report-page.ts";
import { reportTable } from "./report/report-table.ts";
import type { ExperimentReport } from "./report/summary.ts";
import { type RunOptions, runExperiment } from "./run-experiment.ts";

const WARM_UP_MS = 20_000;

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
    const run = { stage, accounts, ordersPerSecond: options.load, forMs: options.forMs, clock, random };
    if (own !== undefined) await warmUp(run);
    for (const experiment of chosen) {
      process.stdout.write(`${experiment.name}: ${experiment.what} … `);
      const report = await orFailed(experiment, run);
      reports.push(report);
      process.stdout.write(`${verdictOf(report)}\n`);
      write(options.reports, reports);
    }
    process.stdout.write(`\n${reportTable(reports)}\n\n${join(options.reports, "index.html")}\n`);
    return reports.every(({ passed, failed }) => passed !== false && failed === undefined);
  } finally {
    await own?.stop();
  }
}

/** An experiment that does not come to its end is a result too, and the others are run all the same. */
async function orFailed(experiment: Experiment, run: RunOptions): Promise<ExperimentReport> {
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
