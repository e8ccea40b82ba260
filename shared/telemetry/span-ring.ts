import { isSameTrace, TraceContext, type TraceId, traceKey } from "#shared/domain/trace-context.ts";
import { type FinishedSpan, traceOf } from "./finished-span.ts";
import { ATTRIBUTES_MAX, STAGES, type Stage } from "./trace-stages.ts";
import type { KeepReason } from "./tracing.ts";

/** Words of a span's ids: its trace's, its own, its parent's. */
const WORDS = 8;
/** Spans to a chain, on average, where the ring is full. */
const CHAIN_SPANS = 4;
const STAGE_NAMES = Object.keys(STAGES) as readonly Stage[];
const STAGE_AT = Object.fromEntries(STAGE_NAMES.map((name, at) => [name, at])) as Readonly<
  Record<Stage, number>
>;
const ATTRIBUTES = STAGE_NAMES.map((name): readonly string[] => STAGES[name].attributes);
const REASONS: readonly (KeepReason | undefined)[] = [undefined, "error", "refused", "provisional", "slow"];
type Value = string | number | undefined;

/**
 * The newest spans of a process, each a row of numbers in memory that is used again. Nearly all of them are written, never read and written over, so writing one makes no object that has to be cleared away; spans are made
 * of what is asked for. A trace is found by a chain through its rows.
 */
export class SpanRing {
  readonly #capacity: number;
  /** How many were written so far. The n-th (from 1 on) stands in the row of its number modulo the capacity. */
  #count = 0;
  /** By the keys of traces the number of the newest span of a chain; 0: none. */
  readonly #chains: Float64Array;
  /** The number of the next older span in the same chain. */
  readonly #older: Float64Array;
  readonly #ids: Int32Array;
  /** Begin and end. */
  readonly #times: Float64Array;
  /** Stage and reason, as places in the lists above. */
  readonly #facts: Uint8Array;
  readonly #values: Value[];

  /** @param capacity spans; a power of two, 4 at least */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#chains = new Float64Array(capacity / CHAIN_SPANS);
    this.#older = new Float64Array(capacity);
    this.#ids = new Int32Array(WORDS * capacity);
    this.#times = new Float64Array(2 * capacity);
    this.#facts = new Uint8Array(2 * capacity);
    this.#values = new Array<Value>(ATTRIBUTES_MAX * capacity).fill(undefined);
  }

  /** Writes one over the oldest. When that ended, epoch ms; long ago where the place was free. */
  add(span: FinishedSpan): number {
    const { stage, own, parent, attributes } = span;
    const trace = traceOf(span);
    const number = ++this.#count;
    const row = this.#rowOf(number);
    const overwritten = this.#isFree(row) ? Number.NEGATIVE_INFINITY : (this.#times[2 * row + 1] as number);
    const chain = this.#chainOf(trace);
    this.#older[row] = this.#chains[chain] as number;
    this.#chains[chain] = number;
    const ids = this.#ids;
    const word = WORDS * row;
    ids[word] = trace.t0;
    ids[word + 1] = trace.t1;
    ids[word + 2] = trace.t2;
    ids[word + 3] = trace.t3;
    ids[word + 4] = own === undefined ? 0 : own.s0;
    ids[word + 5] = own === undefined ? 0 : own.s1;
    ids[word + 6] = parent === undefined ? 0 : parent.s0;
    ids[word + 7] = parent === undefined ? 0 : parent.s1;
    this.#times[2 * row] = span.beginMs;
    this.#times[2 * row + 1] = span.endMs;
    const stageAt = STAGE_AT[stage];
    this.#facts[2 * row] = stageAt;
    this.#facts[2 * row + 1] = REASONS.indexOf(span.keep);
    let value = ATTRIBUTES_MAX * row;
    for (const name of ATTRIBUTES[stageAt] as readonly string[])
      this.#values[value++] = (attributes as Record<string, Value>)[name];
    return overwritten;
  }

  has(trace: TraceId): boolean {
    return !this.#rows(trace).next().done;
  }

  /** Takes the spans of a trace out, the oldest first. */
  take(trace: TraceId): FinishedSpan[] {
    const spans: FinishedSpan[] = [];
    for (const row of this.#rows(trace)) {
      spans.push(this.#spanAt(row));
      this.#free(row);
    }
    return spans.reverse();
  }

  /** Forgets the spans of a trace, and makes nothing of them. How many there were. */
  drop(trace: TraceId): number {
    let spans = 0;
    for (const row of this.#rows(trace)) {
      this.#free(row);
      spans++;
    }
    return spans;
  }

  /** Where they stand, the newest first. */
  *#rows(trace: TraceId): Generator<number, undefined> {
    // What has a lower number was written over.
    const oldest = Math.max(1, this.#count - this.#capacity + 1);
    let number = this.#chains[this.#chainOf(trace)] as number;
    while (number >= oldest) {
      const row = this.#rowOf(number);
      number = this.#older[row] as number;
      if (isSameTrace(this.#traceAt(row), trace)) yield row;
    }
  }

  #rowOf(number: number): number {
    return number % this.#capacity;
  }

  #chainOf(trace: TraceId): number {
    return traceKey(trace) & (this.#chains.length - 1);
  }

  #free(row: number): void {
    this.#ids.fill(0, WORDS * row, WORDS * (row + 1));
  }

  /** It was never written, or was taken out. */
  #isFree(row: number): boolean {
    const { t0, t1, t2, t3 } = this.#traceAt(row);
    return (t0 | t1 | t2 | t3) === 0;
  }

  #traceAt(row: number): TraceId {
    const word = (each: number) => this.#ids[WORDS * row + each] as number;
    return { t0: word(0), t1: word(1), t2: word(2), t3: word(3) };
  }

  #spanAt(row: number): FinishedSpan {
    const trace = this.#traceAt(row);
    const context = (word: number) => {
      const [high = 0, low = 0] = this.#ids.subarray(WORDS * row + word, WORDS * row + word + 2);
      return (high | low) === 0 ? undefined : new TraceContext(trace, high, low, false);
    };
    const stageAt = this.#facts[2 * row] as number;
    const told = (ATTRIBUTES[stageAt] as readonly string[]).flatMap((name, each) => {
      const value = this.#values[ATTRIBUTES_MAX * row + each];
      return value === undefined ? [] : [[name, value]];
    });
    return {
      stage: STAGE_NAMES[stageAt] as Stage,
      own: context(4),
      parent: context(6),
      beginMs: this.#times[2 * row] as number,
      endMs: this.#times[2 * row + 1] as number,
      attributes: Object.fromEntries(told),
      keep: REASONS[this.#facts[2 * row + 1] as number],
    };
  }
}
