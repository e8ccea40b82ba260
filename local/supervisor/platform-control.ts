import type { LinkCondition, LinkPath } from "../links/link-conditions.ts";

/** A process of the platform as its supervisor sees it. */
export interface ProcessStatus {
  readonly name: string;
  readonly role: string;
  readonly pid: number | undefined;
  readonly isReady: boolean;
  readonly restarts: number;
}

export interface PlatformStatus {
  readonly url: string | undefined;
  readonly regions: readonly { readonly region: string; readonly gatewayPort: number }[];
  readonly processes: readonly ProcessStatus[];
  readonly links: readonly (LinkPath & LinkCondition)[];
}

/** What experiments may do to the platform. */
export interface PlatformControl {
  status(): PlatformStatus;
  /** `false` if there is no such process now. */
  signal(name: string, signal: NodeJS.Signals): boolean;
  changeLink(path: LinkPath, change: Partial<LinkCondition>): void;
  resetLinks(): void;
}
