import type { FinishedSpan } from "./finished-span.ts";

export interface HeldTracesOptions {
  /** How long spans wait for a rule to want them, ms. */
  readonly holdMs: number;
  /** Traces held at most; the oldest go first. */
  readonly tracesMax: number;
  /** Spans of one trace held at most. */
  readonly spansMax: number;
  /** Traces that rules may keep in a second: a storm of refusals must not become a storm of spans. */
  readonly keptPerSecondMax: number;
  readonly export: (span: FinishedSpan) => void;
  /** `full`: a trace had too many spans, or there were too many traces. `budget`: too many were to be kept. */
  readonly onDropped: (reason: "full" | "budget", spans: number) => void;
}

interface Held {
  readonly sinceMs: number;
  readonly spans: FinishedSpan[];
}

/**
 * The tail of sampling in one process: what the ratio did not choose waits here until a rule wants its trace, or it is too old. What comes of a kept
 * trace later goes out at once.
 */
export class HeldTraces {
  readonly #options: HeldTracesOptions;
  readonly #held = new Map<string, Held>();
  /** When each was kept, oldest first. */
  readonly #kept = new Map<string, number>();
  #second = Number.NEGATIVE_INFINITY;
  #keptInSecond = 0;

  constructor(options: HeldTracesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#held.size;
  }

  add(span: FinishedSpan, nowMs: number): void {
    const { tracesMax, spansMax, onDropped } = this.#options;
    if (span.isSampled || this.#kept.has(span.traceId)) {
      this.#options.export(span);
      return;
    }
    const held = this.#held.get(span.traceId);
    if (held === undefined) {
      if (this.#held.size >= tracesMax) this.#dropOldest();
      this.#held.set(span.traceId, { sinceMs: nowMs, spans: [span] });
    } else if (held.spans.length < spansMax) held.spans.push(span);
    else onDropped("full", 1);
  }

  /** A rule wants this trace. True where that is news, and there is room for it. */
  keep(traceId: string, nowMs: number): boolean {
    if (this.#kept.has(traceId)) return false;
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#keptInSecond = 0;
    }
    const held = this.#held.get(traceId);
    if (this.#keptInSecond >= this.#options.keptPerSecondMax) {
      this.#options.onDropped("budget", held?.spans.length ?? 0);
      this.#held.delete(traceId);
      return false;
    }
    this.#keptInSecond++;
    this.#kept.set(traceId, nowMs);
    this.#held.delete(traceId);
    for (const span of held?.spans ?? []) this.#options.export(span);
    return true;
  }

  /** Forgets what nobody wanted for long enough. */
  sweep(nowMs: number): void {
    const { holdMs } = this.#options;
    for (const [traceId, { sinceMs }] of this.#held) {
      if (nowMs - sinceMs < holdMs) break;
      this.#held.delete(traceId);
    }
    for (const [traceId, sinceMs] of this.#kept) {
      if (nowMs - sinceMs < 2 * holdMs) break;
      this.#kept.delete(traceId);
    }
  }

  #dropOldest(): void {
    const [oldest] = this.#held;
    if (oldest === undefined) return;
    this.#held.delete(oldest[0]);
    this.#options.onDropped("full", oldest[1].spans.length);
  }
}
