import { assert } from "#shared/domain/invariant.ts";
import type { LogRecord } from "#shared/ports/command-log.ts";

export interface LogWindowOptions {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/** The newest records of a log, in memory: most readers are near its end. The oldest go when there are too many. */
export class LogWindow {
  readonly #options: LogWindowOptions;
  #records: LogRecord[] = [];
  /** Where in the array the oldest one is; those before it are dropped in bulk. */
  #start = 0;
  #bytes = 0;
  #last: number;

  /** Begins empty, behind a position. */
  constructor(after: number, options: LogWindowOptions) {
    this.#last = after;
    this.#options = options;
  }

  /** The position of the last record, or the one that it began behind. */
  get last(): number {
    return this.#last;
  }

  /** True if every record behind the position is here. */
  holds(after: number): boolean {
    return after >= this.#last - (this.#records.length - this.#start);
  }

  push(record: LogRecord): void {
    assert(record.position === this.#last + 1, `position ${record.position} follows ${this.#last}`);
    this.#records.push(record);
    this.#bytes += record.bytes.length;
    this.#last = record.position;
    const { recordsMax, bytesMax } = this.#options;
    // The newest stays, however large it is.
    while (this.#count > 1 && (this.#count > recordsMax || this.#bytes > bytesMax)) this.#drop();
    if (this.#start > recordsMax) this.#compact();
  }

  /** Records behind a position that it holds, at most so many. */
  after(position: number, limit: number): readonly LogRecord[] {
    assert(this.holds(position), `the window does not reach back to ${position}`);
    const from = Math.max(this.#start, this.#records.length - (this.#last - position));
    return this.#records.slice(from, from + limit);
  }

  get #count(): number {
    return this.#records.length - this.#start;
  }

  #drop(): void {
    this.#bytes -= this.#records[this.#start]?.bytes.length ?? 0;
    this.#start++;
  }

  #compact(): void {
    this.#records = this.#records.slice(this.#start);
    this.#start = 0;
  }
}
