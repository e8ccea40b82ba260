import { assert } from "#shared/domain/invariant.ts";
import type { Alert } from "./alert.ts";

/** A service level objective: of what is counted in `total`, so much must not be in `bad`. */
export interface Slo {
  /** `order-acknowledged` */
  readonly id: string;
  readonly title: string;
  /** The share that must be good: 0.999. */
  readonly objective: number;
  /** Queries for the rate of bad and of all events; `$window` stands for the window. */
  readonly bad: string;
  readonly total: string;
  /** Fewer events a second than this say nothing: no alert comes of them. */
  readonly minimumPerSecond: number;
  /** Fewer bad events in the long window are chance: of few events a single bad one is a large share. */
  readonly minimumBad: number;
  readonly panel: Alert["panel"];
  /** Why it promises what it promises, where that needs saying. */
  readonly why?: string;
}

/** One pair of windows of a multi-window burn-rate alert. */
interface Burn {
  /** How many times faster than allowed the budget is spent. */
  readonly factor: number;
  readonly long: string;
  readonly short: string;
  readonly severity: "page" | "ticket";
}

/**
 * The windows of the Site Reliability Workbook (chapter 5, "Alerting on SLOs", table 5-8): 2 % of a month's budget in an hour, or 5 % in six, page; 10 % in
 * a day, or in three, are a ticket. The short window, a twelfth of the long one, ends the alert soon after its cause.
 */
export const BURNS: readonly Burn[] = [
  { factor: 14.4, long: "1h", short: "5m", severity: "page" },
  { factor: 6, long: "6h", short: "30m", severity: "page" },
  { factor: 3, long: "1d", short: "2h", severity: "ticket" },
  { factor: 1, long: "3d", short: "6h", severity: "ticket" },
];

export const WINDOWS = [...new Set(BURNS.flatMap(({ long, short }) => [long, short]))];

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

const ratioOf = (window: string) => `meridian:slo_errors:ratio_rate${window}`;
const eventsOf = (window: string) => `meridian:slo_events:rate${window}`;

/** For each window the share of bad events, and how many events there were. */
export function recordingRules(slos: readonly Slo[]): RecordingRule[] {
  return slos.flatMap(({ id, bad, total }) =>
    WINDOWS.flatMap((window) => {
      const over = (query: string) => query.replaceAll("$window", window);
      const labels = { slo: id };
      return [
        { record: eventsOf(window), expr: over(total), labels },
        // What is not there is not bad: without it there would be no ratio before the first failure.
        {
          record: ratioOf(window),
          expr: `((${over(bad)}) or 0 * (${over(total)})) / (${over(total)})`,
          labels,
        },
      ];
    }),
  );
}

/** Two alerts of each objective: `<Id>BurnFast` pages, `<Id>BurnSlow` is a ticket. */
export function burnAlerts(slo: Slo): Alert[] {
  return (["page", "ticket"] as const).map((severity) => {
    const burns = BURNS.filter((burn) => burn.severity === severity);
    const isFast = severity === "page";
    return {
      name: `${camel(slo.id)}Burn${isFast ? "Fast" : "Slow"}`,
      severity,
      expr: burns.map((burn) => exprOf(slo, burn)).join(" or "),
      summary: `${slo.title}: in {{ $labels.region }} the error budget is spent ${isFast ? "fast" : "slowly, but too fast"}`,
      description: `More than ${percent(1 - slo.objective)} may not be bad over 30 days; at this rate the budget does not last. ${
        isFast ? "Clients feel it now." : "Few clients feel it; it must not go on for days."
      }`,
      rationale: `Burn rates ${burns.map(({ factor, long, short }) => `${factor} over ${long} and ${short}`).join(", ")}; silent below ${slo.minimumPerSecond} events a second, and where fewer than ${slo.minimumBad} in the long window ${slo.minimumBad === 1 ? "was" : "were"} bad.${slo.why === undefined ? "" : ` ${slo.why}`}`,
      panel: slo.panel,
    };
  });
}

function exprOf({ id, objective, minimumPerSecond, minimumBad }: Slo, { factor, long, short }: Burn): string {
  const bound = Number((factor * (1 - objective)).toPrecision(6));
  const of = (record: string) => `${record}{slo="${id}"}`;
  const parts = [
    `${of(ratioOf(long))} > ${bound}`,
    `${of(ratioOf(short))} > ${bound}`,
    `${of(eventsOf(short))} > ${minimumPerSecond}`,
    `${of(ratioOf(long))} * ${of(eventsOf(long))} * ${secondsOf(long)} >= ${minimumBad}`,
  ];
  return `(${parts.join(" and ")})`;
}

/** Of Prometheus' way to write a time. */
function secondsOf(window: string): number {
  const [, count = "", unit = ""] = /^(\d+)([mhd])$/.exec(window) ?? [];
  const seconds = { m: 60, h: 3600, d: 86_400 }[unit];
  assert(seconds !== undefined, `${window} is a window`);
  return Number(count) * seconds;
}

function camel(id: string): string {
  return id.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
