import type { Clock } from "#shared/ports/clock.ts";
import type { BackendName } from "../cli/options.ts";
import type { ControlClient } from "../supervisor/control-client.ts";
import type { LoadAccount } from "./load/load-account.ts";

/** What an experiment has of the platform that it disturbs. */
export interface Stage {
  readonly control: ControlClient;
  readonly backend: BackendName;
  /** All Regions that run, the one that owns the most markets first. */
  readonly regions: readonly string[];
  readonly clock: Clock;
  /** A step that the experiment waited for took so long: told in its report. */
  noteTook(step: string, ms: number): void;
}

/** What an experiment found by looking itself. */
export interface Found {
  /** One line each, for the report. */
  readonly facts: readonly string[];
  /** What is not as it must be; nothing, if all is well. */
  readonly problems: readonly string[];
}

export interface ExperimentWatch {
  /** The load has ended, and everything is there again. */
  finish(): Promise<Found>;
}

/** One way to hurt the platform, and to let it heal. */
export interface Experiment {
  /** The AWS FIS experiments have the same names. */
  readonly name: string;
  /** What is lost, in one sentence. */
  readonly what: string;
  /** What it looks at itself, beside what is looked at in all: from before the load begins until it has ended. */
  watch?(stage: Stage, accounts: readonly LoadAccount[]): Promise<ExperimentWatch>;
  /** Why it cannot be run on this platform; `undefined` where it can. */
  notHere(stage: Stage): string | undefined;
  hurt(stage: Stage): Promise<void>;
  /** Ends the disturbance. What the platform mends by itself is left to it. */
  heal(stage: Stage): Promise<void>;
}
