import type { VirtualTime } from "./time/virtual-time.ts";

type Detail = string | number;
type Entry = readonly [at: number, step: number, what: string, a: Detail, b: Detail, c: Detail];

/** The last things that happened, cheap to note and put into words only when a run fails. */
export class Trace {
  readonly #time: VirtualTime;
  readonly #ring: (Entry | undefined)[];
  readonly #listener: ((line: string) => void) | undefined;
  #count = 0;

  /** With a listener every note is told at once, for a run that is looked at. */
  constructor(time: VirtualTime, size: number, listener?: (line: string) => void) {
    this.#time = time;
    this.#ring = new Array(size);
    this.#listener = listener;
  }

  note(what: string, a: Detail = "", b: Detail = "", c: Detail = ""): void {
    const entry: Entry = [this.#time.now, this.#time.steps, what, a, b, c];
    this.#ring[this.#count++ % this.#ring.length] = entry;
    this.#listener?.(worded(entry));
  }

  /** The last notes, the oldest first, a line each. */
  last(count: number): string[] {
    const size = Math.min(count, this.#count, this.#ring.length);
    return Array.from({ length: size }, (_, at) => {
      const entry = this.#ring[(this.#count - size + at) % this.#ring.length];
      return entry === undefined ? "" : worded(entry);
    });
  }
}

function worded([at, step, ...words]: Entry): string {
  const time = `${(at / 1000).toFixed(3)} s`.padStart(12);
  return `${time}  step ${String(step).padStart(7)}  ${words.filter((word) => word !== "").join("  ")}`;
}
