import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import { untilCalm, untilReady } from "./calm.ts";
import type { Experiment, Stage } from "./experiment.ts";
import { lastTradeOf } from "./load/audit.ts";
import { auditAtRest, isSound } from "./load/audit-at-rest.ts";
import { ClientLedger } from "./load/client-ledger.ts";
import { balancesOf, type LoadAccount } from "./load/load-account.ts";
import { LoadGenerator } from "./load/load-generator.ts";
import { reconciliationsSince } from "./load/statements.ts";
import {
  bySecond,
  type ExperimentReport,
  longestSilence,
  type PlatformFigures,
  summarize,
} from "./report/summary.ts";
import { PlatformWatch, type Watched } from "./watch-platform.ts";

export interface RunOptions {
  readonly stage: Stage;
  readonly accounts: readonly LoadAccount[];
  readonly ordersPerSecond: number;
  /** How long it is hurt. */
  readonly forMs: number;
  readonly clock: Clock;
  readonly random: Random;
}

const BEFORE_MS = 5000;
/** Everything must have come back and be told to the clients within this time. */
const RECOVERY_MS = 60_000;
/** All forks must be replayed, and all outboxes empty, within this time of the last order. */
const REST_MS = 120_000;

/** Runs one experiment under load: before, during, after; then asks every account what the platform made of it. However it ends, nothing is sent any more. */
export async function runExperiment(experiment: Experiment, options: RunOptions): Promise<ExperimentReport> {
  const running: { stop(): Promise<unknown> }[] = [];
  try {
    return await run(experiment, options, running);
  } finally {
    await Promise.all(running.map((each) => each.stop()));
  }
}

async function run(
  experiment: Experiment,
  options: RunOptions,
  running: { stop(): Promise<unknown> }[],
): Promise<ExperimentReport> {
  const { ordersPerSecond, forMs, clock, random } = options;
  const took: Record<string, number> = {};
  const stage: Stage = {
    ...options.stage,
    noteTook: (step, ms) => {
      took[step] = ms;
    },
  };
  const { what } = experiment;
  const common = {
    experiment: experiment.name,
    what,
    at: clock.now(),
    regions: stage.regions.length,
    ordersPerSecond,
  };
  const notHere = experiment.notHere(stage);
  if (notHere !== undefined) return { ...common, notHere };

  await untilCalm(stage, RECOVERY_MS);
  const name = `c${clock.now().toString(36)}`;
  const accounts: LoadAccount[] = [];
  const tradesBefore = new Map<string, number>();
  for (const account of options.accounts) {
    tradesBefore.set(account.name, await lastTradeOf(account));
    accounts.push({ ...account, funds: await balancesOf(account) });
  }
  const ledger = new ClientLedger();
  const load = new LoadGenerator({ accounts, ordersPerSecond, ledger, clock, random, run: name });
  const watch = new PlatformWatch(stage.control, clock);
  running.push({ stop: () => load.stop(0) }, watch);
  const wait = (ms: number) => new Promise<void>((resolve) => clock.schedule(ms, resolve));

  const own = await experiment.watch?.(stage, accounts);
  const start = clock.monotonic();
  load.start();
  await wait(BEFORE_MS);
  const hurt = clock.monotonic();
  let heal = hurt;
  // Hurting and healing may wait for something themselves, as planned moves do.
  await stage.control.beginExperiment(experiment.name, forMs + 2 * RECOVERY_MS);
  try {
    await experiment.hurt(stage);
    await wait(forMs);
  } finally {
    await experiment.heal(stage);
    heal = clock.monotonic();
  }
  await untilReady(stage, RECOVERY_MS);
  await stage.control.endExperiment(experiment.name);
  await wait(BEFORE_MS);
  const end = clock.monotonic();
  // A client asks until it is told, as long as the platform may take to come to rest.
  await load.stop(REST_MS);
  const { isAtRest, result } = await auditAtRest(
    stage,
    accounts,
    ledger,
    { name, since: common.at, tradesBefore },
    REST_MS,
    () => stage.noteTook("all at rest, from the heal", Math.round(clock.monotonic() - heal)),
  );
  const watched = await watch.stop();
  const found = await own?.finish();
  const platform = {
    ...figuresOf(watched, hurt),
    took,
    verdicts: await verdictsSince(accounts, common.at),
  };
  const times = { start, hurt, heal, end };
  return {
    ...common,
    phases: summarize(ledger, times),
    longestSilenceMs: longestSilence(ledger, hurt, end),
    hurtAt: (hurt - start) / 1000,
    healedAt: (heal - start) / 1000,
    seconds: bySecond(ledger, times, watched.backlog),
    audit: result,
    platform,
    ...(found === undefined ? {} : { found }),
    passed:
      isAtRest && isSound(result) && platform.tapeDivergences === 0 && (found?.problems ?? []).length === 0,
  };
}

function figuresOf(watched: Watched, hurt: number): Omit<PlatformFigures, "verdicts" | "took"> {
  const { backlog, backpressure, tapeDivergences, ownerChanges, failovers } = watched;
  return {
    queuedEventsMax: Math.max(0, ...backlog.map(({ events }) => events)),
    queuedOrdersMax: Math.max(0, ...backlog.map(({ orders }) => orders)),
    backpressure,
    tapeDivergences,
    ownerChanges: ownerChanges.map(({ at, ...change }) => ({ ...change, afterMs: Math.round(at - hurt) })),
    failoverMsMax: failovers.length === 0 ? null : Math.max(...failovers.map(({ ms }) => ms)),
  };
}

/** Of fills whose fork was reconciled since. */
async function verdictsSince(accounts: readonly LoadAccount[], since: number) {
  const [account] = accounts;
  const found = account === undefined ? [] : await reconciliationsSince(account, since);
  return {
    confirmed: found.reduce((total, { fills }) => total + fills.confirmed, 0),
    conflicted: found.reduce((total, { fills }) => total + fills.conflicted, 0),
  };
}
