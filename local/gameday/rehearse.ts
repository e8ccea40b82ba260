import type { Clock } from "#shared/ports/clock.ts";
import type { Random } from "#shared/ports/random.ts";
import { Breakable } from "../chaos/breakable.ts";
import type { Experiment } from "../chaos/experiment.ts";
import { experimentOrFailure } from "../chaos/experiment-or-failure.ts";
import { judgeAlerts } from "./alert-verdicts.ts";
import { AlertWatch } from "./alert-watch.ts";
import { expectationOf, isOfPromise } from "./expected-alerts.ts";
import type { RehearsedExperiment } from "./gameday-report.ts";
import { type Grounds, pause } from "./grounds.ts";

export interface RehearsalOptions {
  /** Orders a second. */
  readonly load: number;
  /** How long it is hurt, seconds; what its alerts need where nothing is said. */
  readonly forSeconds: number | undefined;
  readonly random: Random;
}

/** Alerts get so long to be silent again before the next experiment; those with long windows fire on. */
const SILENT_WITHIN_MS = 60_000;
/** They look back for many minutes, and fire on for as long. */
const LONG_WINDOW = new Set(["ZoneFailover", "ServerErrors", "NoTradesWhileOrdersFlow"]);

/** One experiment on the grounds of a game day. It can be ended before it is through. */
export class Rehearsal {
  readonly #breakable: Breakable;
  readonly #grounds: Grounds;
  readonly #options: RehearsalOptions;
  readonly #watch: AlertWatch;
  /** Monotonic ms. */
  #hurt: number;
  #heal: number;

  constructor(experiment: Experiment, grounds: Grounds, options: RehearsalOptions) {
    const { clock } = grounds.stage;
    this.#breakable = new Breakable(experiment);
    this.#grounds = grounds;
    this.#options = options;
    this.#watch = new AlertWatch(grounds.client, clock);
    this.#hurt = this.#heal = clock.monotonic();
  }

  /** Runs it to its end. Never rejects: one that fails is a result. */
  async run(): Promise<RehearsedExperiment> {
    const { stage, accounts } = this.#grounds;
    const { clock } = stage;
    const { load, forSeconds, random } = this.#options;
    const expectation = expectationOf(this.#breakable.experiment.name, forSeconds);
    const report = await experimentOrFailure(this.#timed(), {
      ...{ stage, accounts, clock, random, ordersPerSecond: load },
      forMs: expectation.hurtSeconds * 1000,
    });
    if (report.notHere !== undefined || report.failed !== undefined) {
      this.#watch.stop();
      return { report, hurtSeconds: 0, alerts: [] };
    }
    await missingOrSilent(this.#watch, expectation.fires, clock);
    this.#watch.stop();
    const alerts = judgeAlerts(this.#watch.alerts, expectation, { hurt: this.#hurt, heal: this.#heal });
    return { report, hurtSeconds: expectation.hurtSeconds, alerts };
  }

  /** Ends it where it stands: what is hurt is healed, as far as that can still be done. */
  async breakOff(failed: string): Promise<RehearsedExperiment> {
    const { stage } = this.#grounds;
    const { name, what } = this.#breakable.experiment;
    this.#watch.stop();
    const notHealed = await this.#breakable.breakOff(stage);
    const report = {
      ...{ experiment: name, what, at: stage.clock.now() },
      failed: notHealed === undefined ? failed : `${failed}; it is not healed: ${notHealed}`,
      ...{ regions: stage.regions.length, ordersPerSecond: this.#options.load },
    };
    return { report, hurtSeconds: 0, alerts: [] };
  }

  #timed(): Experiment {
    const { clock } = this.#grounds.stage;
    const { experiment } = this.#breakable;
    return {
      ...experiment,
      hurt: (stage) => {
        this.#hurt = clock.monotonic();
        return experiment.hurt(stage);
      },
      heal: async (stage) => {
        await experiment.heal(stage);
        this.#heal = clock.monotonic();
      },
    };
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
