import type { LogRecord } from "#shared/ports/command-log.ts";

/** The durable content of a log: records by rising position. */
export class LogFile {
  #records: LogRecord[] = [];
  #last = 0;
  /** How many positions are left out before the next record: logs need not be dense. */
  #gap: () => number;

  constructor(gap: () => number = () => 0) {
    this.#gap = gap;
  }

  get last(): number {
    return this.#last;
  }

  /** Gives the bytes, which are its own from now on, the next position. */
  append(bytes: Uint8Array): number {
    this.put({ position: this.#last + 1 + this.#gap(), bytes });
    return this.#last;
  }

  /** Takes a record of a known position; one at or before the last is held already. */
  put(record: LogRecord): void {
    if (record.position <= this.#last) return;
    this.#records.push(record);
    this.#last = record.position;
  }

  read(after: number, limit: number): LogRecord[] {
    const begin = this.#indexAfter(after);
    return this.#records.slice(begin, begin + limit);
  }

  trim(through: number): void {
    this.#records = this.#records.slice(this.#indexAfter(through));
  }

  #indexAfter(position: number): number {
    let [low, high] = [0, this.#records.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#records[middle]?.position ?? Number.POSITIVE_INFINITY) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
