import { hexWord } from "#shared/domain/encoding/hex-word.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import { TraceContext } from "#shared/domain/trace-context.ts";

/** Of a row: the rest of the command's id, the trace's, the span's, and the flag. */
const WORDS = 10;
/** Rows of a set: a command stands in one of those that its id leads to. */
const WAYS = 8;

/**
 * The traces of the commands that were seen lately, as numbers in memory that is used again: to remember one makes no object that has to be cleared away later. A command is forgotten when eight newer ones have come into its
 * set: one in a thousand of the newest quarter of as many as there is room for.
 */
export class CommandTraces {
  readonly #sets: number;
  /** Of each row the end of its command's id. Those of a set are half a cache line, so that a look at the wrong rows is none. */
  readonly #ends: Int32Array;
  readonly #rows: Int32Array;
  /** Of each set the row that is written over next. */
  readonly #turns: Uint8Array;

  /** @param sets of eight commands each; a power of two */
  constructor(sets: number) {
    this.#sets = sets;
    this.#ends = new Int32Array(sets * WAYS);
    this.#rows = new Int32Array(sets * WAYS * WORDS);
    this.#turns = new Uint8Array(sets);
  }

  set(command: CommandId, { t0, t1, t2, t3, s0, s1, isSampled }: TraceContext): void {
    const rows = this.#rows;
    const end = endOf(command);
    let row = this.#find(command, end);
    if (row < 0) {
      row = this.#nextOf(end);
      this.#ends[row] = end;
      for (let each = 0; each < 3; each++) rows[WORDS * row + each] = hexWord(command, 8 * each);
    }
    const at = WORDS * row;
    rows[at + 3] = t0;
    rows[at + 4] = t1;
    rows[at + 5] = t2;
    rows[at + 6] = t3;
    rows[at + 7] = s0;
    rows[at + 8] = s1;
    rows[at + 9] = isSampled ? 1 : 0;
  }

  get(command: CommandId): TraceContext | undefined {
    const row = this.#find(command, endOf(command));
    if (row < 0) return undefined;
    const word = (each: number) => this.#rows[WORDS * row + each] as number;
    const trace = { t0: word(3), t1: word(4), t2: word(5), t3: word(6) };
    return new TraceContext(trace, word(7), word(8), word(9) === 1);
  }

  /** Its row; negative where it has none. */
  #find(command: CommandId, end: number): number {
    const first = this.#setOf(end) * WAYS;
    for (let row = first; row < first + WAYS; row++)
      if (this.#ends[row] === end && this.#isOf(row, command)) return row;
    return -1;
  }

  #isOf(row: number, command: CommandId): boolean {
    const rows = this.#rows;
    const at = WORDS * row;
    for (let each = 0; each < 3; each++)
      if (rows[at + each] !== (hexWord(command, 8 * each) | 0)) return false;
    // A row that was never written is nobody's.
    return ((rows[at + 7] as number) | (rows[at + 8] as number)) !== 0;
  }

  #nextOf(end: number): number {
    const set = this.#setOf(end);
    const turn = this.#turns[set] as number;
    this.#turns[set] = (turn + 1) % WAYS;
    return set * WAYS + turn;
  }

  /** Ids are hashes: any of their bits will do. */
  #setOf(end: number): number {
    return end & (this.#sets - 1);
  }
}

/** The last 32 bits of an id. */
function endOf(command: CommandId): number {
  return hexWord(command, 24) | 0;
}
