import { systemRandom } from "#shared/adapters/real/system-random.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import type { Experiment } from "../chaos/experiment.ts";
import { allExperiments } from "../chaos/experiments/all.ts";
import type { LoadAccount } from "../chaos/load/load-account.ts";
import { openAccounts } from "../chaos/load/open-accounts.ts";
import { type OpenStage, openStage } from "../chaos/open-stage.ts";
import { runExperiment } from "../chaos/run-experiment.ts";
import { CommandLineError } from "../cli/fatal.ts";
import { PrometheusClient } from "../observe/prometheus-client.ts";
import { prometheusProgram } from "../observe/prometheus-program.ts";
import { judgeAlerts } from "./alert-verdicts.ts";
import { AlertWatch } from "./alert-watch.ts";
import { expectationOf, isOfPromise } from "./expected-alerts.ts";
import { alertProblems, type GameDayReport, type RehearsedExperiment } from "./gameday-report.ts";
import type { GameDayOptions } from "./options.ts";

/** What must be there before anything is broken: a watchdog that fires. */
const WATCHED_WITHIN_MS = 120_000;
/** Alerts get so long to be silent again before the next experiment; those with long windows fire on. */
const SILENT_WITHIN_MS = 60_000;

type RunOptions = Extract<GameDayOptions, { kind: "run" }>;

/** Runs experiments in turn and watches the alerts. `onProgress` has the report so far after each. Throws `CommandLineError`. */
export async function runGameDay(
  options: RunOptions,
  say: (text: string) => void,
  onProgress: (report: GameDayReport) => void,
): Promise<GameDayReport> {
  if (prometheusProgram() === undefined)
    throw new CommandLineError(
      "A game day needs Prometheus: install the package prometheus, or name its program in PROMETHEUS_PATH.",
    );
  const random = systemRandom();
  const viewToken = Buffer.from(random.bytes(18)).toString("base64url");
  const open = await openStage({
    dataFolder: options.dataFolder,
    regions: 3,
    backend: "embedded",
    viewToken,
  });
  const { stage, url } = open;
  const { clock } = stage;
  try {
    const client = await watchedBy(open);
    const accounts = await openAccounts(url, stage, options.accounts, clock.now());
    const at = clock.now();
    const experiments: RehearsedExperiment[] = [];
    const chosen = options.names.flatMap((name) => allExperiments().filter((one) => one.name === name));
    for (const experiment of chosen) {
      say(`${experiment.name}: ${experiment.what} … `);
      const rehearsed = await rehearse(experiment, { open, client, accounts, load: options.load, random });
      experiments.push(rehearsed);
      say(`${outcome(rehearsed)}\n`);
      onProgress({ at, ordersPerSecond: options.load, experiments });
    }
    return { at, ordersPerSecond: options.load, experiments };
  } finally {
    await open.close();
  }
}

function outcome(rehearsed: RehearsedExperiment): string {
  const { report } = rehearsed;
  if (report.notHere !== undefined) return "not here";
  return [report.passed ? "held" : "BROKEN", ...alertProblems(rehearsed)].join("; ");
}

/** The Prometheus that watches the platform, once its watchdog fires. Throws `CommandLineError`. */
async function watchedBy({ stage: { control, clock } }: OpenStage): Promise<PrometheusClient> {
  const end = clock.monotonic() + WATCHED_WITHIN_MS;
  while (clock.monotonic() < end) {
    const { prometheusUrl } = await control.status();
    if (prometheusUrl !== null) {
      const client = new PrometheusClient(prometheusUrl);
      const alerts = await client.alerts().catch(() => []);
      if (alerts.some(({ labels }) => labels.alertname === "Watchdog")) return client;
    }
    await pause(clock, 500);
  }
  throw new CommandLineError(
    "The platform is not watched: start it with --observe, or let the game day start one.",
  );
}

interface Rehearsal {
  readonly open: OpenStage;
  readonly client: PrometheusClient;
  readonly accounts: readonly LoadAccount[];
  readonly load: number;
  readonly random: Random;
}

async function rehearse(experiment: Experiment, rehearsal: Rehearsal): Promise<RehearsedExperiment> {
  const { open, client, accounts, load, random } = rehearsal;
  const { stage } = open;
  const { clock } = stage;
  const expectation = expectationOf(experiment.name);
  const watch = new AlertWatch(client, clock);
  let [hurt, heal] = [clock.monotonic(), clock.monotonic()];
  const timed: Experiment = {
    ...experiment,
    hurt: (on) => {
      hurt = clock.monotonic();
      return experiment.hurt(on);
    },
    heal: async (on) => {
      await experiment.heal(on);
      heal = clock.monotonic();
    },
  };
  try {
    const report = await runExperiment(timed, {
      ...{ stage, accounts, clock, random, ordersPerSecond: load },
      forMs: expectation.hurtSeconds * 1000,
    });
    if (report.notHere !== undefined) return { report, hurtSeconds: 0, alerts: [] };
    await missingOrSilent(watch, expectation.fires, clock);
    const alerts = judgeAlerts(watch.alerts, expectation, { hurt, heal });
    return { report, hurtSeconds: expectation.hurtSeconds, alerts };
  } finally {
    watch.stop();
  }
}

/** Until what had to fire has fired and what fired is silent again; not for longer than the bound. */
async function missingOrSilent(watch: AlertWatch, fires: readonly string[], clock: Clock): Promise<void> {
  const end = clock.monotonic() + SILENT_WITHIN_MS;
  const isDone = () => {
    const fired = watch.alerts.filter(({ firedAt, firedBefore }) => firedAt !== undefined || firedBefore);
    return (
      fires.every((name) => fired.some((alert) => alert.name === name)) &&
      watch.firing.every((name) => isOfPromise(name) || LONG_WINDOW.has(name))
    );
  };
  while (!isDone() && clock.monotonic() < end) await pause(clock, 500);
}

/** They look back for many minutes, and fire on for as long. */
const LONG_WINDOW = new Set(["ZoneFailover", "ServerErrors", "NoTradesWhileOrdersFlow"]);

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.schedule(ms, resolve));
}
