import type { LogMark } from "#shared/ports/log-marks.ts";

/** Places seen lately, beside the kept marks. */
const RECENT_MAX = 1024;

/** Where to begin reading for a position: the marks that are kept, and places that this reader came by lately. */
export class LogPlaces {
  #kept: LogMark[];
  #recent: LogMark[] = [];

  constructor(kept: readonly LogMark[]) {
    this.#kept = [...kept];
  }

  /** A mark that is kept. They come in order; a later one at the same position takes the place of the earlier one. */
  keep(mark: LogMark): void {
    const last = this.#kept.at(-1)?.position ?? -1;
    if (last > mark.position) return;
    if (last === mark.position) this.#kept.pop();
    this.#kept.push(mark);
  }

  /** A place that was come by: the newest thousand are remembered. */
  note(mark: LogMark): void {
    const at = insertionOf(this.#recent, mark.position);
    if (this.#recent[at - 1]?.position === mark.position) return;
    this.#recent.splice(at, 0, mark);
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
  }

  /** The last mark at or before a position; `undefined` if reading has to begin with the oldest record. */
  before(position: number): LogMark | undefined {
    const kept = this.#kept[insertionOf(this.#kept, position) - 1];
    const recent = this.#recent[insertionOf(this.#recent, position) - 1];
    if (kept === undefined || recent === undefined) return kept ?? recent;
    return recent.position > kept.position ? recent : kept;
  }

  /** Nothing at or before the position is read any more. */
  trim(through: number): void {
    this.#kept = this.#kept.slice(Math.max(0, insertionOf(this.#kept, through) - 1));
    this.#recent = this.#recent.slice(Math.max(0, insertionOf(this.#recent, through) - 1));
  }
}

/** Behind how many marks at or before the position. */
function insertionOf(marks: readonly LogMark[], position: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const mark = marks[middle];
    if (mark !== undefined && mark.position <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
