import { withField, withWord } from "#shared/domain/digest/field-hash.ts";
import type { ByteReader } from "#shared/domain/encoding/byte-reader.ts";
import type { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import { COMMAND_COLUMNS } from "#shared/domain/encoding/state-encoding.ts";
import { Table } from "#shared/domain/encoding/table.ts";
import { assert } from "#shared/domain/invariant.ts";
import { HashIndex } from "../flat/hash-index.ts";
import { Rows } from "../flat/rows.ts";
import { ringLength } from "./capacity.ts";
import type { DigestSum } from "./digest-sum.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const ownWithField = withField;
const ownWithWord = withWord;

/** A row: the four words of the id, then two doubles. */
const ROW_BYTES = 32;
const ID_BYTES = 16;
const ID = 4;
const INT_SHIFT = 3;
const FLOAT_SHIFT = 2;
const SEQ = 2;
const TIME = 3;

const table = new Table(COMMAND_COLUMNS);
const [seqs, times] = table.columns as readonly [Float64Array, Float64Array];

/** The 16 bytes of a command id as four little-endian words. */
export type CommandWords = Int32Array;

/** Remembered command ids with the seq and time of their first folding, oldest first, in a ring that grows as needed. */
export class CommandMemory {
  readonly #tag: number;
  readonly #digest: DigestSum;
  #index: HashIndex;
  #rows: Rows;
  #first = 0;
  #count = 0;

  /** `tag` is what an entry is in the digest: a command or a deposit. `capacity` is how many it holds at least before it first grows. */
  constructor(tag: number, digest: DigestSum, capacity: number) {
    this.#index = new HashIndex(capacity);
    this.#rows = new Rows(ROW_BYTES, ringLength(capacity));
    this.#tag = tag;
    this.#digest = digest;
  }

  get count(): number {
    return this.#count;
  }

  /** The seq at which an id was first folded; 0 if it is not remembered. `hash` is `hashOfCommandId(id)`. */
  firstSeq(id: CommandWords, hash: number): number {
    const index = this.#index;
    const { ints, floats } = this.#rows;
    for (let at = index.start(hash); ; at = index.next(at)) {
      const slot = index.slotAt(at);
      if (slot < 0) return 0;
      // Nearly always another's: its row is not looked at, which would be a cache miss.
      if (index.hashAt(at) !== hash) continue;
      const w = slot << INT_SHIFT;
      if (ints[w] === id[0] && ints[w | 1] === id[1] && ints[w | 2] === id[2] && ints[w | 3] === id[3]) {
        return floats[(slot << FLOAT_SHIFT) | SEQ] as number;
      }
    }
  }

  /** Reads from where ids of these hashes are looked for: see `ReadAhead`. */
  fetchPlaces(hashes: Int32Array, count: number): void {
    this.#index.fetch(hashes, count);
  }

  /** Remembers an id that is not remembered. */
  remember(id: CommandWords, seq: number, time: number, hash = hashOfCommandId(id)): void {
    if (this.#count === this.#rows.capacity) this.#grow();
    const { ints, floats, capacity } = this.#rows;
    const slot = (this.#first + this.#count++) & (capacity - 1);
    const w = slot << INT_SHIFT;
    ints[w] = id[0] as number;
    ints[w | 1] = id[1] as number;
    ints[w | 2] = id[2] as number;
    ints[w | 3] = id[3] as number;
    floats[(slot << FLOAT_SHIFT) | SEQ] = seq;
    floats[(slot << FLOAT_SHIFT) | TIME] = time;
    this.#index.insert(hash, slot);
    this.#digest.add(this.#hashed(slot));
  }

  /** Takes the remembered commands of a snapshot over; `until` is the shard's seq. */
  restore(reader: ByteReader, until: number): void {
    const count = reader.count(ID_BYTES);
    this.#rows.reserve(count);
    const hashes = new Int32Array(count);
    let lastSeq = 0;
    table.read(reader, count, (first, rows) => {
      lastSeq = this.#restoreBlock(reader, first, rows, hashes, lastSeq);
    });
    assert(lastSeq <= until, "no command was folded that is to come");
    this.#count = count;
    const { ints } = this.#rows;
    const isSame = (slot: number, other: number) => {
      const [a, b] = [slot << INT_SHIFT, other << INT_SHIFT];
      return (
        ints[a] === ints[b] &&
        ints[a | 1] === ints[b | 1] &&
        ints[a | 2] === ints[b | 2] &&
        ints[a | 3] === ints[b | 3]
      );
    };
    assert(this.#index.insertAll(hashes, 0, isSame), "a command is remembered once");
  }

  /** A block of the table. Returns the last seq. */
  #restoreBlock(
    reader: ByteReader,
    first: number,
    rows: number,
    hashes: Int32Array,
    afterSeq: number,
  ): number {
    const { ints, floats } = this.#rows;
    let at = reader.skip(ID_BYTES * rows);
    const { view } = reader;
    let lastSeq = afterSeq;
    for (let row = 0; row < rows; row++) {
      const slot = first + row;
      const w = slot << INT_SHIFT;
      ints[w] = view.getInt32(at, true);
      ints[w | 1] = view.getInt32(at + 4, true);
      ints[w | 2] = view.getInt32(at + 8, true);
      ints[w | 3] = view.getInt32(at + 12, true);
      at += ID_BYTES;
      const seq = seqs[row] as number;
      assert(seq > lastSeq, "commands were folded one after another");
      lastSeq = seq;
      floats[(slot << FLOAT_SHIFT) | SEQ] = seq;
      floats[(slot << FLOAT_SHIFT) | TIME] = times[row] as number;
      hashes[slot] = this.#hashOf(slot);
      this.#digest.add(this.#hashed(slot));
    }
    return lastSeq;
  }

  /** Forgets what was folded at or before a time. */
  forget(until: number): void {
    while (this.#count > 0) {
      const slot = this.#first;
      if (this.time(slot) > until) return;
      this.#index.remove(this.#hashOf(slot), slot);
      this.#digest.subtract(this.#hashed(slot));
      this.#first = (this.#first + 1) & (this.#capacity - 1);
      this.#count--;
    }
  }

  /** The slot at a place in the order of folding, from 0. */
  slot(place: number): number {
    return (this.#first + place) & (this.#capacity - 1);
  }

  word(slot: number, at: number): number {
    return this.#rows.ints[(slot << INT_SHIFT) | at] as number;
  }

  seq(slot: number): number {
    return this.#rows.floats[(slot << FLOAT_SHIFT) | SEQ] as number;
  }

  time(slot: number): number {
    return this.#rows.floats[(slot << FLOAT_SHIFT) | TIME] as number;
  }

  /** As they stand in a snapshot. */
  writeTo(writer: ByteWriter): void {
    const { floats } = this.#rows;
    const fill = (first: number, rows: number) => {
      for (let row = 0; row < rows; row++) {
        const slot = this.slot(first + row);
        seqs[row] = floats[(slot << FLOAT_SHIFT) | SEQ] as number;
        times[row] = floats[(slot << FLOAT_SHIFT) | TIME] as number;
      }
    };
    table.write(writer, this.#count, fill, (first, rows) => this.#writeIds(writer, first, rows));
  }

  #writeIds(writer: ByteWriter, first: number, rows: number): void {
    const { ints } = this.#rows;
    const view = writer.view(ID_BYTES * rows);
    for (let row = 0; row < rows; row++) {
      const w = this.slot(first + row) << INT_SHIFT;
      const at = ID_BYTES * row;
      view.setInt32(at, ints[w] as number, true);
      view.setInt32(at + 4, ints[w | 1] as number, true);
      view.setInt32(at + 8, ints[w | 2] as number, true);
      view.setInt32(at + 12, ints[w | 3] as number, true);
    }
  }

  get #capacity(): number {
    return this.#rows.capacity;
  }

  #grow(): void {
    const rows = new Rows(ROW_BYTES, 2 * this.#count);
    const index = new HashIndex(2 * this.#count);
    for (let place = 0; place < this.#count; place++) {
      const slot = this.slot(place);
      for (let at = 0; at < ID; at++) rows.ints[(place << INT_SHIFT) | at] = this.word(slot, at);
      rows.floats[(place << FLOAT_SHIFT) | SEQ] = this.seq(slot);
      rows.floats[(place << FLOAT_SHIFT) | TIME] = this.time(slot);
      index.insert(this.#hashOf(slot), place);
    }
    this.#rows = rows;
    this.#index = index;
    this.#first = 0;
  }

  #hashOf(slot: number): number {
    const { ints } = this.#rows;
    const w = slot << INT_SHIFT;
    return hashOfWords(
      ints[w] as number,
      ints[w | 1] as number,
      ints[w | 2] as number,
      ints[w | 3] as number,
    );
  }

  /** What an entry adds to the digest: as `hashRemembered`. */
  #hashed(slot: number): number {
    const { ints, floats } = this.#rows;
    const w = slot << INT_SHIFT;
    let sum = ownWithWord(this.#tag, 0, ints[w] as number);
    sum = ownWithWord(sum, 1, ints[w | 1] as number);
    sum = ownWithWord(sum, 2, ints[w | 2] as number);
    sum = ownWithWord(sum, 3, ints[w | 3] as number);
    sum = ownWithField(sum, 2, floats[(slot << FLOAT_SHIFT) | SEQ] as number);
    return ownWithField(sum, 3, floats[(slot << FLOAT_SHIFT) | TIME] as number);
  }
}

/** By which a memory finds an id. */
export function hashOfCommandId(id: CommandWords): number {
  return hashOfWords(id[0] as number, id[1] as number, id[2] as number, id[3] as number);
}

/** Command ids are hashes themselves, but a client may choose bytes of it: all of it is mixed. */
function hashOfWords(a: number, b: number, c: number, d: number): number {
  let h = Math.imul(a ^ 0x9e3779b1, 0x85ebca6b) ^ b;
  h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35) ^ c;
  h = Math.imul(h ^ (h >>> 13), 0x27d4eb2f) ^ d;
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return h ^ (h >>> 13);
}
