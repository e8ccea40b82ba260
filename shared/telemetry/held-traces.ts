import type { FinishedSpan } from "./finished-span.ts";
import { Generations } from "./generations.ts";

export interface HeldTracesOptions {
  /** How long spans wait for a rule to want them, ms: so long at least, and twice that at most. */
  readonly holdMs: number;
  /** Traces held at most; the older half goes first. */
  readonly tracesMax: number;
  /** Spans of one trace held at most. */
  readonly spansMax: number;
  /** Traces that rules may keep in a second: a storm of refusals must not become a storm of spans. */
  readonly keptPerSecondMax: number;
  readonly export: (span: FinishedSpan) => void;
  /** `full`: a trace had too many spans, or there were too many traces. `budget`: too many were to be kept. */
  readonly onDropped: (reason: "full" | "budget", spans: number) => void;
}

/** The spans of a trace. */
type Held = FinishedSpan[];

/**
 * The tail of sampling in one process: what the ratio did not choose waits here until a rule wants its trace, or it is too old. What comes of a kept
 * trace later goes out at once.
 */
export class HeldTraces {
  readonly #options: HeldTracesOptions;
  readonly #held: Generations<Held>;
  /** When each was kept, oldest first. */
  readonly #kept = new Map<string, number>();
  #turned = Number.NEGATIVE_INFINITY;
  #second = Number.NEGATIVE_INFINITY;
  #keptInSecond = 0;

  constructor(options: HeldTracesOptions) {
    this.#options = options;
    this.#held = new Generations(options.tracesMax, (forgotten) => {
      let spans = 0;
      for (const held of forgotten.values()) spans += held.length;
      options.onDropped("full", spans);
    });
  }

  get size(): number {
    return this.#held.size;
  }

  /** Spans of it are held, or it is kept. */
  knows(traceId: string): boolean {
    return this.#kept.has(traceId) || this.#held.get(traceId) !== undefined;
  }

  add(span: FinishedSpan): void {
    const { traceId } = span;
    if (span.isSampled || this.#kept.has(traceId)) {
      this.#options.export(span);
      return;
    }
    const held = this.#held.get(traceId);
    if (held === undefined) this.#held.set(traceId, [span]);
    else if (held.length < this.#options.spansMax) held.push(span);
    else this.#options.onDropped("full", 1);
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
    this.#held.delete(traceId);
    if (this.#keptInSecond >= this.#options.keptPerSecondMax) {
      this.#options.onDropped("budget", held?.length ?? 0);
      return false;
    }
    this.#keptInSecond++;
    this.#kept.set(traceId, nowMs);
    for (const span of held ?? []) this.#options.export(span);
    return true;
  }

  /** Forgets what nobody wanted for long enough. */
  sweep(nowMs: number): void {
    const { holdMs } = this.#options;
    if (nowMs - this.#turned >= holdMs) {
      this.#held.turn();
      this.#turned = nowMs;
    }
    for (const [traceId, sinceMs] of this.#kept) {
      if (nowMs - sinceMs < 2 * holdMs) break;
      this.#kept.delete(traceId);
    }
  }
}
