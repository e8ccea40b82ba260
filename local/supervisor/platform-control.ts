import type { BreakableServer } from "../aws-local/local-cloud.ts";
import type { BackendName } from "../cli/options.ts";
import type { LinkCondition, LinkPath } from "../links/link-conditions.ts";
import type { RegionObservation } from "../region-process/region-observation.ts";
import type { RegionUpdate } from "../region-process/region-update.ts";

/** A process of the platform as its supervisor sees it. */
export interface ProcessStatus {
  readonly name: string;
  readonly role: string;
  readonly pid: number | undefined;
  readonly isReady: boolean;
  readonly restarts: number;
}

/** A Region as its own process tells of it. */
export interface RegionProcessStatus {
  readonly region: string;
  readonly gatewayPort: number;
  /** `null` while it has told nothing, or is gone. */
  readonly observation: RegionObservation | null;
}

export interface PlatformStatus {
  readonly backend: BackendName;
  /** Servers that experiments may take away; none where Regions stand on files. */
  readonly servers: readonly BreakableServer[];
  readonly url: string | undefined;
  readonly regions: readonly RegionProcessStatus[];
  /** How often two folds of the same commands were found to differ, since the platform was started: never, if all is well. */
  readonly tapeDivergences: number;
  readonly processes: readonly ProcessStatus[];
  readonly links: readonly (LinkPath & LinkCondition)[];
  /** Those that disturb it now. */
  readonly experiments: readonly string[];
  /** Where its Prometheus answers, on loopback; `null` where none watches it. */
  readonly prometheusUrl: string | null;
}

/** What experiments may do to the platform. */
export interface PlatformControl {
  status(): PlatformStatus;
  /** `false` if there is no such process now. */
  signal(name: string, signal: NodeJS.Signals): boolean;
  changeLink(path: LinkPath, change: Partial<LinkCondition>): void;
  resetLinks(): void;
  /** `false` if there is no such Region. */
  update(region: string, update: RegionUpdate): boolean;
  /** An experiment disturbs the platform from now on, for so long at most. */
  beginExperiment(name: string, forMs: number): void;
  endExperiment(name: string): void;
  /** Kills a server that plays AWS, or starts it again. `false` if there is no such server. */
  setServer(name: string, isUp: boolean): Promise<boolean>;
  /** Throttles the journal's table of a Region. `false` if there is none. */
  throttleJournal(region: string, isThrottled: boolean): boolean;
  /** The planned move of a shard. What the gateway that was asked answered: an HTTP status and a body. */
  promote(shard: string, to: string): Promise<{ readonly status: number; readonly body: unknown }>;
}
