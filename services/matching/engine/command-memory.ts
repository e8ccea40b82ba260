import { withField, withWord } from "#shared/domain/digest/field-hash.ts";
import type { ByteReader } from "#shared/domain/encoding/byte-reader.ts";
import { assert } from "#shared/domain/invariant.ts";
import { HashIndex } from "../flat/hash-index.ts";
import { MAX_INTEGER_BYTES, putBytes, putUint } from "../flat/put.ts";
import { Rows } from "../flat/rows.ts";
import { ringLength } from "./capacity.ts";
import type { DigestSum } from "./digest-sum.ts";
import { wordAt } from "./record-parts.ts";
import type { SnapshotWriter } from "./snapshot-writer.ts";

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

/** In a snapshot: id, seq, time. */
const SHORTEST = ID_BYTES + 2;

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

  /** Takes a list of `RememberedCommand` over; `until` is the shard's seq. */
  restore(reader: ByteReader, until: number): void {
    const count = reader.count(SHORTEST);
    this.#rows.reserve(count);
    const { ints, floats } = this.#rows;
    const numbers = new Float64Array(2);
    const hashes = new Int32Array(count);
    let lastSeq = 0;
    for (let slot = 0; slot < count; slot++) {
      const start = reader.skip(ID_BYTES);
      const w = slot << INT_SHIFT;
      ints[w] = wordAt(reader.bytes, start);
      ints[w | 1] = wordAt(reader.bytes, start + 4);
      ints[w | 2] = wordAt(reader.bytes, start + 8);
      ints[w | 3] = wordAt(reader.bytes, start + 12);
      reader.uints(numbers, 0, 2);
      const seq = numbers[0] as number;
      assert(seq > lastSeq && seq <= until, "commands were folded one after another");
      lastSeq = seq;
      floats[(slot << FLOAT_SHIFT) | SEQ] = seq;
      floats[(slot << FLOAT_SHIFT) | TIME] = numbers[1] as number;
      hashes[slot] = this.#hashOf(slot);
      this.#digest.add(this.#hashed(slot));
    }
    this.#count = count;
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

  /** As a list of `RememberedCommand`. */
  writeTo(writer: SnapshotWriter): void {
    writer.count(this.#count);
    writer.ensure(this.#count * (ID_BYTES + 2 * MAX_INTEGER_BYTES));
    const { bytes, floats } = this.#rows;
    const into = writer.bytes;
    let end = writer.length;
    for (let place = 0; place < this.#count; place++) {
      const slot = this.slot(place);
      end = putBytes(into, end, bytes, slot * ROW_BYTES, slot * ROW_BYTES + ID_BYTES);
      end = putUint(into, end, floats[(slot << FLOAT_SHIFT) | SEQ] as number);
      end = putUint(into, end, floats[(slot << FLOAT_SHIFT) | TIME] as number);
    }
    writer.length = end;
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
