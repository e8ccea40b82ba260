import { isSameTrace, type TraceId, traceKey } from "#shared/domain/trace-context.ts";
import { type FinishedSpan, traceOf } from "./finished-span.ts";
import { RateBudget } from "./rate-budget.ts";
import { SpanRing } from "./span-ring.ts";

export interface HeldSpansOptions {
  /** So many of the newest spans wait for a rule to want them. */
  readonly spansMax: number;
  /** What is forgotten sooner counts as lost, ms. */
  readonly holdMs: number;
  /** How long a trace stays kept: its last spans come late, ms. */
  readonly keptMs: number;
  /** Spans of one trace that are exported when it is kept. */
  readonly spansOfTraceMax: number;
  /** Traces that rules may keep in a second: a storm of refusals must not become a storm of spans. */
  readonly keptPerSecondMax: number;
  readonly export: (span: FinishedSpan) => void;
  /** `full`: a trace had too many spans, or there were too many at all. `budget`: too many were to be kept. */
  readonly onDropped: (reason: "full" | "budget", spans: number) => void;
}

interface Kept extends TraceId {
  readonly sinceMs: number;
}

/**
 * The tail of sampling in one process: what the ratio did not choose waits here until a rule wants its trace, or newer spans need the room. What comes of a kept
 * trace later goes out at once.
 */
export class HeldSpans {
  readonly #options: HeldSpansOptions;
  readonly #ring: SpanRing;
  /** By the keys of their ids, oldest first. */
  readonly #kept = new Map<number, Kept>();
  readonly #budget: RateBudget;

  constructor(options: HeldSpansOptions) {
    this.#options = options;
    this.#ring = new SpanRing(options.spansMax);
    this.#budget = new RateBudget(options.keptPerSecondMax);
  }

  /** Spans of it are held, or it is kept. */
  knows(trace: TraceId): boolean {
    return this.#isKept(trace) || this.#ring.has(trace);
  }

  add(span: FinishedSpan): void {
    const trace = traceOf(span);
    if (trace.isSampled || this.#isKept(trace)) {
      this.#options.export(span);
      return;
    }
    const overwritten = this.#ring.add(span);
    if (overwritten > span.endMs - this.#options.holdMs) this.#options.onDropped("full", 1);
  }

  /** A rule wants this trace. True where that is news, and there is room for it. */
  keep(trace: TraceId, nowMs: number): boolean {
    if (this.#isKept(trace)) return false;
    if (!this.#budget.take(nowMs)) {
      this.#options.onDropped("budget", this.#ring.drop(trace));
      return false;
    }
    const held = this.#ring.take(trace);
    const { t0, t1, t2, t3 } = trace;
    this.#kept.set(traceKey(trace), { t0, t1, t2, t3, sinceMs: nowMs });
    const newest = held.slice(-this.#options.spansOfTraceMax);
    for (const span of newest) this.#options.export(span);
    if (newest.length < held.length) this.#options.onDropped("full", held.length - newest.length);
    return true;
  }

  /** Lets go of what was kept long ago. */
  sweep(nowMs: number): void {
    for (const [key, { sinceMs }] of this.#kept) {
      if (nowMs - sinceMs < this.#options.keptMs) break;
      this.#kept.delete(key);
    }
  }

  #isKept(trace: TraceId): boolean {
    if (this.#kept.size === 0) return false;
    const kept = this.#kept.get(traceKey(trace));
    return kept !== undefined && isSameTrace(kept, trace);
  }
}
