/** What the operations page is told. All times are epoch ms unless a name says otherwise. */

/** One line of a panel. */
export interface OpsLine {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch seconds and value; a time without one is left out. */
  readonly points: readonly (readonly [number, number])[];
}

/** A panel's answer, or why there is none. */
export type PanelAnswer = { readonly lines: readonly OpsLine[] } | { readonly error: string };

/** The panels of one board over a time, by their ids. */
export interface BoardAnswer {
  readonly from: number;
  readonly to: number;
  readonly stepSeconds: number;
  readonly panels: Readonly<Record<string, PanelAnswer>>;
}

/** What boards can be narrowed to. */
export interface OpsChoices {
  readonly region: readonly string[];
  readonly shard: readonly string[];
  readonly market: readonly string[];
}

export interface OpsAlert {
  readonly name: string;
  readonly severity: string;
  /** `pending`: its condition holds, but not for long enough yet. */
  readonly state: "firing" | "pending";
  readonly summary: string;
  /** Since when its condition holds. */
  readonly since: number;
}

/** Something that happened, or lasts. */
export interface TimelineEvent {
  /** The id of its track. */
  readonly track: string;
  readonly text: string;
  readonly from: number;
  /** `null` while it lasts. Of a moment the same as `from`. */
  readonly to: number | null;
}

export interface TimelineAnswer {
  readonly from: number;
  readonly to: number;
  /** Oldest first. */
  readonly events: readonly TimelineEvent[];
}

/** Whether there is anything to ask, and what is wrong now. */
export interface OpsStatus {
  /** Of Prometheus. */
  readonly metrics: "up" | "starting" | "down" | "not-installed";
  /** Why it is down. */
  readonly reason?: string;
  /** The watchdog fires, so the others would. */
  readonly isAlerting: boolean;
  /** Pages first, then the oldest first; without the watchdog. */
  readonly alerts: readonly OpsAlert[];
  readonly experiments: readonly string[];
  /** Processes that do not answer scrapes. */
  readonly silent: readonly string[];
}

/** How far back the page can look, minutes. */
export const OPS_MINUTES = [5, 15, 60, 360] as const;
export type OpsMinutes = (typeof OPS_MINUTES)[number];
