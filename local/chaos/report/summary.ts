import type { Found } from "../experiment.ts";
import type { Audit } from "../load/audit.ts";
import type { ClientLedger, LedgerEntry } from "../load/client-ledger.ts";
import type { Backlog } from "../watch-platform.ts";

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
  /** Those of them that admission control told to come later (-1008). */
  readonly toldToWait: number;
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
  readonly queuedEvents: number;
  readonly queuedOrders: number;
}

/** What the platform told of itself. */
export interface PlatformFigures {
  /** Outcomes that waited for a journal, in the Region where most did. */
  readonly queuedEventsMax: number;
  /** Orders in outboxes, of all Regions. */
  readonly queuedOrdersMax: number;
  /** The worst level of admission control. */
  readonly backpressure: string;
  readonly tapeDivergences: number;
  /** Of provisional fills that were reconciled meanwhile. */
  readonly verdicts: { readonly confirmed: number; readonly conflicted: number };
  /** Shards that another Region came to own, and how long after the hurt that was seen. */
  readonly ownerChanges: readonly {
    readonly shard: string;
    readonly from: string;
    readonly to: string;
    readonly epoch: number;
    readonly afterMs: number;
  }[];
  /** The longest time for which nothing of a shard was published because its zone was lost; `null` where none was. */
  readonly failoverMsMax: number | null;
  /** How long steps took that the experiment waited for. */
  readonly took: Readonly<Record<string, number>>;
}

export interface ExperimentReport {
  readonly experiment: string;
  readonly what: string;
  readonly notHere?: string;
  /** Why it was not run to its end. */
  readonly failed?: string;
  /** Epoch ms. */
  readonly at: number;
  readonly regions: number;
  readonly ordersPerSecond: number;
  readonly phases?: Readonly<Record<Phase, PhaseFigures>>;
  /** The longest time that any client was without an answer to what it sent, from the moment it was hurt, ms. */
  readonly longestSilenceMs?: number;
  /** Seconds since the start at which it was hurt and healed. */
  readonly hurtAt?: number;
  readonly healedAt?: number;
  readonly seconds?: readonly Second[];
  readonly audit?: Audit;
  readonly platform?: PlatformFigures;
  /** What the experiment looked at itself. */
  readonly found?: Found;
  readonly passed?: boolean;
}

/** The phases of a run. An order belongs to the phase in which it was sent. */
export function summarize(ledger: ClientLedger, times: Times): Record<Phase, PhaseFigures> {
  const { start, hurt, heal, end } = times;
  const bounds = { before: [start, hurt], during: [hurt, heal], after: [heal, end] } as const;
  const figures = (phase: Phase) => figuresOf(ledger, ...bounds[phase]);
  return { before: figures("before"), during: figures("during"), after: figures("after") };
}

export function bySecond(
  ledger: ClientLedger,
  { start, end }: Times,
  backlog: readonly Backlog[] = [],
): Second[] {
  return Array.from({ length: Math.max(1, Math.ceil((end - start) / 1000)) }, (_, second) => {
    const [from, until] = [start + second * 1000, start + (second + 1) * 1000];
    const waiting = backlog.filter(({ at }) => at >= from && at < until);
    return {
      ...figuresOf(ledger, from, until),
      queuedEvents: Math.max(0, ...waiting.map(({ events }) => events)),
      queuedOrders: Math.max(0, ...waiting.map(({ orders }) => orders)),
    };
  });
}

/** The longest time that a client was without an answer, from a moment on until the end; of the client that had the worst of it. */
export function longestSilence(ledger: ClientLedger, from: number, until: number): number {
  const byAccount = Map.groupBy(ledger.entries, ({ account }) => account);
  const silences = [...byAccount.values()].map((entries) => silenceOf(entries, from, until));
  return silences.length === 0 ? until - from : Math.max(...silences);
}

function silenceOf(entries: readonly LedgerEntry[], from: number, until: number): number {
  const answers = entries
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
    toldToWait: ledger.toldToWait.filter(isIn).length,
    p50Ms: percentile(latencies, 50),
    p99Ms: percentile(latencies, 99),
  };
}

/** Of a sorted list; the value that so many percent do not exceed. */
function percentile(sorted: readonly number[], percent: number): number | null {
  const value = sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
  return value === undefined ? null : Math.round(value * 10) / 10;
}
