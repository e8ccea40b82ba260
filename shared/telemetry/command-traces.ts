import { hexWord } from "#shared/domain/encoding/hex-word.ts";
import type { CommandId } from "#shared/domain/ids.ts";
import { TraceContext } from "#shared/domain/trace-context.ts";

/** Of a row: the command's id, the trace's, the span's, and the flag. */
const WORDS = 11;
/** Rows of a set: a command stands in one of those that its id leads to. */
const WAYS = 8;

/**
 * The traces of the commands that were seen lately, as numbers in memory that is used again: to remember one makes no object that has to be cleared away later. A command is forgotten when eight newer ones have come into its
 * set: one in a thousand of the newest quarter of as many as there is room for.
 */
export class CommandTraces {
  readonly #sets: number;
  readonly #rows: Int32Array;
  /** Of each set the row that is written over next. */
  readonly #turns: Uint8Array;

  /** @param sets of eight commands each; a power of two */
  constructor(sets: number) {
    this.#sets = sets;
    this.#rows = new Int32Array(sets * WAYS * WORDS);
    this.#turns = new Uint8Array(sets);
  }

  set(command: CommandId, { t0, t1, t2, t3, s0, s1, isSampled }: TraceContext): void {
    const rows = this.#rows;
    let at = this.#find(command);
    if (at < 0) {
      at = this.#nextOf(command);
      for (let each = 0; each < 4; each++) rows[at + each] = hexWord(command, 8 * each);
    }
    rows[at + 4] = t0;
    rows[at + 5] = t1;
    rows[at + 6] = t2;
    rows[at + 7] = t3;
    rows[at + 8] = s0;
    rows[at + 9] = s1;
    rows[at + 10] = isSampled ? 1 : 0;
  }

  get(command: CommandId): TraceContext | undefined {
    const at = this.#find(command);
    if (at < 0) return undefined;
    const word = (each: number) => this.#rows[at + each] as number;
    const trace = { t0: word(4), t1: word(5), t2: word(6), t3: word(7) };
    return new TraceContext(trace, word(8), word(9), word(10) === 1);
  }

  /** Where its row begins; negative where it has none. */
  #find(command: CommandId): number {
    const rows = this.#rows;
    const c0 = hexWord(command, 0) | 0;
    const c1 = hexWord(command, 8) | 0;
    const c2 = hexWord(command, 16) | 0;
    const c3 = hexWord(command, 24) | 0;
    const first = this.#setOf(c3) * WAYS * WORDS;
    for (let at = first; at < first + WAYS * WORDS; at += WORDS) {
      if (rows[at + 3] !== c3 || rows[at + 2] !== c2 || rows[at + 1] !== c1 || rows[at] !== c0) continue;
      // A row that was never written is nobody's.
      return (rows[at + 8] as number) === 0 && rows[at + 9] === 0 ? -1 : at;
    }
    return -1;
  }

  #nextOf(command: CommandId): number {
    const set = this.#setOf(hexWord(command, 24));
    const turn = this.#turns[set] as number;
    this.#turns[set] = (turn + 1) % WAYS;
    return (set * WAYS + turn) * WORDS;
  }

  /** Ids are hashes: any of their bits will do. */
  #setOf(word: number): number {
    return word & (this.#sets - 1);
  }
}
