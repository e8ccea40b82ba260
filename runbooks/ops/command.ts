import type { Platform } from "./platform.ts";

/** What a command is given besides the platform. */
export interface Invocation {
  readonly args: readonly string[];
  /** Only says what it would do. */
  readonly isDryRun: boolean;
  /** The Region that is meant, of commands that go to each; all of them where none is named. */
  readonly region?: string | undefined;
  /** How many at most, of commands that know such a bound. */
  readonly limit?: number | undefined;
}

/** What a command found or did: for programs, and for people. */
export interface Result {
  readonly json: unknown;
  readonly text: string;
  /** Something is not as it must be: the exit code says so. */
  readonly isBad?: boolean;
}

/** One command of `npm run ops`. */
export interface OpsCommand {
  /** `promote SHARD REGION` */
  readonly usage: string;
  readonly what: string;
  /** Command lines behind `npm run ops --`, for its help. */
  readonly examples: readonly string[];
  /** How many words follow its name. */
  readonly arity: number;
  /** It changes something that clients feel: it asks first, and needs the operator's token. */
  readonly isDangerous: boolean;
  run(platform: Platform, invocation: Invocation): Promise<Result>;
}
