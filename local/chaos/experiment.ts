import type { Clock } from "#shared/ports/clock.ts";
import type { ControlClient } from "../supervisor/control-client.ts";

/** What an experiment has of the platform that it disturbs. */
export interface Stage {
  readonly control: ControlClient;
  /** All Regions that run, the one that owns the most markets first. */
  readonly regions: readonly string[];
  readonly clock: Clock;
  /** A step that the experiment waited for took so long: told in its report. */
  noteTook(step: string, ms: number): void;
}

/** One way to hurt the platform, and to let it heal. */
export interface Experiment {
  /** The AWS FIS experiments have the same names. */
  readonly name: string;
  /** What is lost, in one sentence. */
  readonly what: string;
  /** Why it cannot be run on this platform; `undefined` where it can. */
  notHere(stage: Stage): string | undefined;
  hurt(stage: Stage): Promise<void>;
  /** Ends the disturbance. What the platform mends by itself is left to it. */
  heal(stage: Stage): Promise<void>;
}
