import { randomFillSync } from "node:crypto";

const TRACE_BYTES = 12;
const SPAN_BYTES = 8;
const POOL_BYTES = 4096;

/** Makes ids of traces, which begin with the time in seconds, as X-Ray wants them, and of spans. Chance is drawn for many at once. */
export class TraceIds {
  readonly #now: () => number;
  readonly #pool = Buffer.alloc(POOL_BYTES);
  #used = POOL_BYTES;

  /** @param now epoch ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  traceId(): string {
    const seconds = Math.floor(this.#now() / 1000);
    return seconds.toString(16).padStart(8, "0") + this.#random(TRACE_BYTES);
  }

  spanId(): string {
    return this.#random(SPAN_BYTES);
  }

  /** All zeros would be no id; they do not come in the life of the universe. */
  #random(bytes: number): string {
    if (this.#used + bytes > POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#used = 0;
    }
    const begin = this.#used;
    this.#used += bytes;
    return this.#pool.toString("hex", begin, this.#used);
  }
}
