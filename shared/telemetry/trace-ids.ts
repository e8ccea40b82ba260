import { randomFillSync } from "node:crypto";
import { TraceContext, type TraceId } from "#shared/domain/trace-context.ts";

const POOL_WORDS = 1024;

/** Makes ids of traces, which begin with the time in seconds, as X-Ray wants them, and of spans. Chance is drawn for many at once. All zeros would be no id; they do not come in the life of the universe. */
export class TraceIds {
  readonly #now: () => number;
  readonly #pool = new Int32Array(POOL_WORDS);
  #used = POOL_WORDS;

  /** @param now epoch ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  trace(): TraceId {
    return { t0: Math.floor(this.#now() / 1000), t1: this.#word(), t2: this.#word(), t3: this.#word() };
  }

  /** A new span of a trace. */
  span(trace: TraceId, isSampled: boolean): TraceContext {
    return new TraceContext(trace, this.#word(), this.#word(), isSampled);
  }

  #word(): number {
    if (this.#used === POOL_WORDS) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    return this.#pool[this.#used++] as number;
  }
}
