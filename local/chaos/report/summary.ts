import type { Audit } from "../load/audit.ts";
import type { ClientLedger } from "../load/client-ledger.ts";

export const PHASES = ["before", "during", "after"] as const;
export type Phase = (typeof PHASES)[number];

/** Monotonic ms: when the load began, when the platform was hurt, when that ended, when the load ended. */
export interface Times {
  readonly start: number;
  readonly hurt: number;
  readonly heal: number;
  readonly end: number;
}

export interface PhaseFigures {
  readonly sent: number;
  /** Answers that say what became of an order. */
  readonly answered: number;
  /** Attempts that were told to come later, or nothing. */
  readonly failedAttempts: number;
  /** From sending an order first until its status is known, ms, by when it was sent; `null` where no order was sent. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** One second of the run. */
export interface Second {
  readonly sent: number;
  readonly answered: number;
  readonly failedAttempts: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** What the platform tells of itself, where it does. */
export interface PlatformFigures {
  readonly queuedEventsMax: number | null;
  readonly tapeDivergences: number | null;
  readonly verdicts: { readonly confirmed: number; readonly conflicted: number } | null;
}

export interface ExperimentReport {
  readonly experiment: string;
  readonly what: string;
  readonly notHere?: string;
  /** Epoch ms. */
  readonly at: number;
  readonly regions: number;
  readonly ordersPerSecond: number;
  readonly phases?: Readonly<Record<Phase, PhaseFigures>>;
  /** The longest time without an answer from the moment it was hurt, ms. */
  readonly longestSilenceMs?: number;
  /** Seconds since the start at which it was hurt and healed. */
  readonly hurtAt?: number;
  readonly healedAt?: number;
  readonly seconds?: readonly Second[];
  readonly audit?: Audit;
  readonly platform?: PlatformFigures;
  readonly passed?: boolean;
}

/** The phases of a run. An order belongs to the phase in which it was sent. */
export function summarize(ledger: ClientLedger, times: Times): Record<Phase, PhaseFigures> {
  const { start, hurt, heal, end } = times;
  const bounds = { before: [start, hurt], during: [hurt, heal], after: [heal, end] } as const;
  const figures = (phase: Phase) => figuresOf(ledger, ...bounds[phase]);
  return { before: figures("before"), during: figures("during"), after: figures("after") };
}

export function bySecond(ledger: ClientLedger, { start, end }: Times): Second[] {
  return Array.from({ length: Math.max(1, Math.ceil((end - start) / 1000)) }, (_, second) =>
    figuresOf(ledger, start + second * 1000, start + (second + 1) * 1000),
  );
}

/** The longest time between two answers that follow each other, from a moment on until the end. */
export function longestSilence(ledger: ClientLedger, from: number, until: number): number {
  const answers = ledger.entries
    .flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome.at]))
    .filter((at) => at > from && at < until)
    .toSorted((a, b) => a - b);
  let longest = 0;
  let last = from;
  for (const at of [...answers, until]) {
    longest = Math.max(longest, at - last);
    last = at;
  }
  return Math.round(longest);
}

function figuresOf(ledger: ClientLedger, from: number, until: number): PhaseFigures {
  const isIn = (at: number) => at >= from && at < until;
  const sent = ledger.entries.filter(({ sentAt }) => isIn(sentAt));
  const latencies = sent
    .flatMap(({ sentAt, outcome }) => (outcome === undefined ? [] : [outcome.at - sentAt]))
    .toSorted((a, b) => a - b);
  return {
    sent: sent.length,
    answered: ledger.entries.filter(({ outcome }) => outcome !== undefined && isIn(outcome.at)).length,
    failedAttempts: ledger.failures.filter(isIn).length,
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
  };
}

/** Of a sorted list; the value that so many percent do not exceed. */
function percentile(sorted: readonly number[], percent: number): number | null {
  const value = sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
  return value === undefined ? null : Math.round(value * 10) / 10;
}
