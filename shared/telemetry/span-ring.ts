import { isSameTrace, TraceContext, type TraceId, traceKey } from "#shared/domain/trace-context.ts";
import { type FinishedSpan, traceOf } from "./finished-span.ts";
import { ATTRIBUTES_MAX, STAGES, type Stage } from "./trace-stages.ts";
import type { KeepReason } from "./tracing.ts";

/** Words of a span's ids: its trace's, its own, its parent's. */
const WORDS = 8;
const STAGE_NAMES = Object.keys(STAGES) as readonly Stage[];
const STAGE_AT = Object.fromEntries(STAGE_NAMES.map((name, at) => [name, at])) as Readonly<
  Record<Stage, number>
>;
const ATTRIBUTES = STAGE_NAMES.map((name): readonly string[] => STAGES[name].attributes);
const REASONS: readonly (KeepReason | undefined)[] = [undefined, "error", "refused", "provisional", "slow"];
type Value = string | number | undefined;

/**
 * The newest spans of a process, each a row of numbers in memory that is used again. Nearly all of them are written, never read and written over, so writing one makes no object that has to be cleared away; spans are made
 * of what is asked for.
 */
export class SpanRing {
  readonly #capacity: number;
  /** What its trace is found by; 0: none. */
  readonly #keys: Int32Array;
  readonly #ids: Int32Array;
  /** Begin and end. */
  readonly #times: Float64Array;
  /** Stage and reason, as places in the lists above. */
  readonly #facts: Uint8Array;
  readonly #values: Value[];
  #next = 0;

  /** @param capacity spans */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#keys = new Int32Array(capacity);
    this.#ids = new Int32Array(WORDS * capacity);
    this.#times = new Float64Array(2 * capacity);
    this.#facts = new Uint8Array(2 * capacity);
    this.#values = new Array<Value>(ATTRIBUTES_MAX * capacity).fill(undefined);
  }

  /** Writes one over the oldest. When that ended, epoch ms; long ago where the place was free. */
  add(span: FinishedSpan): number {
    const at = this.#next;
    this.#next = at + 1 === this.#capacity ? 0 : at + 1;
    const times = this.#times;
    const overwritten = this.#keys[at] === 0 ? Number.NEGATIVE_INFINITY : (times[2 * at + 1] as number);
    const { stage, own, parent, attributes } = span;
    const trace = traceOf(span);
    this.#keys[at] = traceKey(trace);
    const ids = this.#ids;
    let word = WORDS * at;
    ids[word++] = trace.t0;
    ids[word++] = trace.t1;
    ids[word++] = trace.t2;
    ids[word++] = trace.t3;
    ids[word++] = own === undefined ? 0 : own.s0;
    ids[word++] = own === undefined ? 0 : own.s1;
    ids[word++] = parent === undefined ? 0 : parent.s0;
    ids[word] = parent === undefined ? 0 : parent.s1;
    times[2 * at] = span.beginMs;
    times[2 * at + 1] = span.endMs;
    const stageAt = STAGE_AT[stage];
    this.#facts[2 * at] = stageAt;
    this.#facts[2 * at + 1] = REASONS.indexOf(span.keep);
    let value = ATTRIBUTES_MAX * at;
    for (const name of ATTRIBUTES[stageAt] as readonly string[])
      this.#values[value++] = (attributes as Record<string, Value>)[name];
    return overwritten;
  }

  has(trace: TraceId): boolean {
    return !this.#places(trace).next().done;
  }

  /** Takes the spans of a trace out, the oldest first as long as none of it was written over. */
  take(trace: TraceId): FinishedSpan[] {
    const spans: FinishedSpan[] = [];
    for (const at of this.#places(trace)) {
      spans.push(this.#spanAt(at));
      this.#keys[at] = 0;
    }
    return spans;
  }

  *#places(trace: TraceId): Generator<number, undefined> {
    const key = traceKey(trace);
    for (let at = this.#keys.indexOf(key); at >= 0; at = this.#keys.indexOf(key, at + 1))
      if (isSameTrace(this.#traceAt(at), trace)) yield at;
  }

  #traceAt(at: number): TraceId {
    const [t0, t1, t2, t3] = this.#ids.subarray(WORDS * at, WORDS * at + 4);
    return { t0, t1, t2, t3 } as TraceId;
  }

  #spanAt(at: number): FinishedSpan {
    const trace = this.#traceAt(at);
    const [s0 = 0, s1 = 0, p0 = 0, p1 = 0] = this.#ids.subarray(WORDS * at + 4, WORDS * (at + 1));
    const context = (high: number, low: number) =>
      (high | low) === 0 ? undefined : new TraceContext(trace, high, low, false);
    const stageAt = this.#facts[2 * at] as number;
    const told = (ATTRIBUTES[stageAt] as readonly string[]).flatMap((name, each) => {
      const value = this.#values[ATTRIBUTES_MAX * at + each];
      return value === undefined ? [] : [[name, value]];
    });
    return {
      stage: STAGE_NAMES[stageAt] as Stage,
      own: context(s0, s1),
      parent: context(p0, p1),
      beginMs: this.#times[2 * at] as number,
      endMs: this.#times[2 * at + 1] as number,
      attributes: Object.fromEntries(told),
      keep: REASONS[this.#facts[2 * at + 1] as number],
    };
  }
}
