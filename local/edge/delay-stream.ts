import { Transform, type TransformCallback } from "node:stream";
import type { Clock } from "#shared/ports/clock.ts";

/** Lets everything through in order, `delayMs` later; its end too. Many chunks may be on their way at once. */
export class DelayStream extends Transform {
  readonly #clock: Clock;
  readonly #delayMs: number;
  #last: Promise<void> = Promise.resolve();
  #onTheirWay = 0;

  constructor(clock: Clock, delayMs: number) {
    super();
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#delayMs === 0) {
      done(null, chunk);
      return;
    }
    this.#onTheirWay += chunk.length;
    const isFull = this.#onTheirWay > this.writableHighWaterMark * 64;
    this.#later(() => {
      this.#onTheirWay -= chunk.length;
      if (!this.destroyed) this.push(chunk);
      if (isFull) done();
    });
    if (!isFull) done();
  }

  override _flush(done: TransformCallback): void {
    if (this.#delayMs === 0) done();
    else this.#later(() => done());
  }

  /** In the order in which it was asked for. */
  #later(task: () => void): void {
    const before = this.#last;
    this.#last = new Promise((resolve) => {
      this.#clock.schedule(this.#delayMs, async () => {
        await before;
        task();
        resolve();
      });
    });
  }
}
