import { withField, withWord } from "#shared/domain/digest/field-hash.ts";
import { TAG } from "#shared/domain/digest/state-digest.ts";
import { type ByteReader, DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import type { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import { OTHER_COLUMNS } from "#shared/domain/encoding/remembered-ids.ts";
import { BLOCK_ROWS, roomFor, Table } from "#shared/domain/encoding/table.ts";
import { assert } from "#shared/domain/invariant.ts";
import { MAX_CLIENT_ORDER_ID } from "#shared/domain/rules.ts";
import { hashNumber } from "../flat/hash.ts";
import { HashIndex } from "../flat/hash-index.ts";
import { Rows } from "../flat/rows.ts";
import { Slots } from "../flat/slots.ts";
import { touched } from "../flat/touched.ts";
import type { WordText } from "../flat/word-text.ts";
import { ringLength } from "./capacity.ts";
import { copyClientOrderId } from "./client-order-id-text.ts";
import type { DigestSum } from "./digest-sum.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const ownWithField = withField;
const ownWithWord = withWord;

/** A cache line an entry: its places among the doubles, the words and the bytes of a row. An id that is not remembered has no time. */
const ROW_BYTES = 64;
const FLOAT_SHIFT = 3;
const ACCOUNT = 0;
const TIME = 1;
const NOT_REMEMBERED = -1;
const INT_SHIFT = 4;
const WORD = 4;
const HOLDER = 5;
/** One length byte, then at most 36 characters; zeros to the end of a word. */
const TEXT = 24;
const TEXT_WORD = TEXT / 4;

/** In a ring that is being restored. */
const NO_ENTRY = -1;

const timesTable = new Table(1);
const times = timesTable.columns[0] as Float64Array;
const othersTable = new Table(OTHER_COLUMNS);
const [places, accounts, sizes] = othersTable.columns as readonly [Float64Array, Float64Array, Float64Array];

/** By which an account's id is found; `word` is the hash of its text. */
export const hashOfClientOrderId = hashNumber;

const CLIENT_ORDER_ID = TAG.clientOrderId;

/** Nobody open has the id. */
const NOBODY = -1;

/** What holds a client order id that is a list's: no order has this slot. */
export const LIST_HOLDER = 0x7fffffff;

/**
 * Which client order ids are taken, per account: those of open orders and lists, and those used in the last 24 h of the shard's time
 * (docs/engine-rules.md). An entry goes when neither holds any more.
 */
export class ClientOrderIds {
  readonly #index: HashIndex;
  readonly #slots = new Slots();
  readonly #digest: DigestSum;
  readonly #rows: Rows;
  /** Remembered entries, oldest first, in a ring. */
  #ring: Int32Array<ArrayBuffer>;
  #first = 0;
  #count = 0;
  /** While a snapshot is restored: the times of those that are remembered, by place, and of how many of them it was told. */
  #times = new Float64Array();
  #told = 0;
  /** What was read ahead, kept so that the reads are not left out. */
  readonly #fetched = new Int32Array(1);

  /** `capacity` is how many it holds before it first grows. */
  constructor(digest: DigestSum, capacity: number) {
    this.#index = new HashIndex(capacity);
    this.#rows = new Rows(ROW_BYTES, capacity);
    this.#ring = touched(new Int32Array(ringLength(capacity)));
    this.#digest = digest;
  }

  /** The entry of an account's id (`word` is the hash of its text); -1 if it is free. */
  find(account: number, text: WordText, word: number): number {
    const hash = hashOfClientOrderId(account, word);
    const index = this.#index;
    for (let at = index.start(hash); ; at = index.next(at)) {
      const slot = index.slotAt(at);
      if (slot < 0) return -1;
      if (index.hashAt(at) === hash && this.account(slot) === account && this.#isSame(slot, text))
        return slot;
    }
  }

  /** Reads from where ids of these hashes (`hashOfClientOrderId`) are looked for: see `ReadAhead`. */
  fetchPlaces(hashes: Int32Array, count: number): void {
    this.#index.fetch(hashes, count);
  }

  /** Remembers an id that is free, at the shard's time; nobody holds it yet. */
  remember(account: number, text: WordText, word: number, time: number): number {
    const slot = this.#begin(account);
    this.#rows.floats[(slot << FLOAT_SHIFT) | TIME] = time;
    this.#setText(slot, text, word);
    this.#index.insert(hashOfClientOrderId(account, word), slot);
    this.#push(slot);
    this.#digest.add(hashedEntry(account, word, time));
    return slot;
  }

  /** The entry of an account's id (`word` is the hash of its text), made, and not remembered, if it is not there. */
  open(account: number, text: WordText, word: number): number {
    const found = this.find(account, text, word);
    if (found >= 0) return found;
    const slot = this.#begin(account);
    this.#setText(slot, text, word);
    this.#index.insert(hashOfClientOrderId(account, word), slot);
    return slot;
  }

  /**
   * Takes those of a snapshot over that are remembered, as far as they are no open order's: those come with `add`. `until` is the shard's time. Throws `DecodingError` for a text that
   * is no client order id.
   */
  restore(reader: ByteReader, until: number): void {
    // A place and a text of a character take two bytes at least.
    const count = reader.count(2);
    this.#times = new Float64Array(count);
    this.#ring = new Int32Array(ringLength(count)).fill(NO_ENTRY);
    this.#count = count;
    const room = roomFor(reader, count);
    this.#index.reserve(room);
    this.#rows.reserve(room);
    timesTable.read(reader, count, (first, rows) => this.#times.set(times.subarray(0, rows), first));
    for (let place = 0; place < count; place++) {
      const time = this.#times[place] as number;
      const isInTurn = time <= until && (place === 0 || time >= (this.#times[place - 1] as number));
      assert(isInTurn, "client order ids stand by time");
    }
    let last = -1;
    othersTable.read(reader, reader.count(), (_first, rows) => {
      for (let row = 0; row < rows; row++) {
        const place = places[row] as number;
        if (place <= last) throw new DecodingError("remembered client order ids do not stand by place");
        last = place;
        const size = sizes[row] as number;
        this.add(accounts[row] as number, reader.bytes, reader.skip(size), size, place + 1);
      }
    });
    this.indexFrom(0);
  }

  /** For a snapshot: makes room for so many entries, without an index of them yet. */
  reserveRows(entries: number): void {
    this.#rows.reserve(entries);
  }

  /** One more than the highest slot in use. */
  get end(): number {
    return this.#slots.end;
  }

  /**
   * For a snapshot: an entry of an id of so many characters at a place in bytes. `number` is one more than its place among those that are remembered, or 0. It must not be there yet; it is
   * not looked for, nor found, before `indexFrom`.
   */
  add(account: number, bytes: Uint8Array, start: number, size: number, number: number): number {
    const slot = this.#begin(account);
    const rows = this.#rows;
    // Zeros to the end of the text's last word.
    rows.ints[((slot << INT_SHIFT) | TEXT_WORD) + (Math.min(size, MAX_CLIENT_ORDER_ID) >>> 2)] = 0;
    const word = copyClientOrderId(bytes, start, size, rows.bytes, slot * ROW_BYTES + TEXT);
    rows.ints[(slot << INT_SHIFT) | WORD] = word;
    if (number > 0) {
      const place = number - 1;
      if (place >= this.#count) throw new DecodingError("a client order id has no place");
      assert(this.#ring[place] === NO_ENTRY, "a client order id is remembered once");
      this.#ring[place] = slot;
      const time = this.#times[place] as number;
      rows.floats[(slot << FLOAT_SHIFT) | TIME] = time;
      this.#digest.add(hashedEntry(account, word, time));
      this.#told++;
    }
    return slot;
  }

  /** For a snapshot: reads from where `add` will write, for many numbers at once. */
  fetchRemembered(numbers: Float64Array, count: number): void {
    const ring = this.#ring;
    const times = this.#times;
    let fetched = 0;
    for (let at = 0; at < count; at++) {
      const place = Math.max((numbers[at] as number) - 1, 0);
      fetched ^= (ring[place] as number) ^ (times[place] as number);
    }
    this.#fetched[0] = fetched;
  }

  /** For a snapshot: makes the entries from a slot on known. Asserts that none is there twice. */
  indexFrom(first: number): void {
    const hashes = new Int32Array(this.end - first);
    for (let at = 0; at < hashes.length; at++) {
      hashes[at] = hashOfClientOrderId(this.account(first + at), this.word(first + at));
    }
    const isSame = (slot: number, other: number) => this.#isSameEntry(slot, other);
    assert(this.#index.insertAll(hashes, first, isSame), "a client order id stands once");
  }

  /** For a snapshot: all of it was read. */
  endRestore(): void {
    if (this.#told !== this.#count) throw new DecodingError("a client order id is missing");
    this.#times = new Float64Array();
  }

  /** Reads from many entries in a loop so small that the processor does many of these reads at once: what comes after it does not wait for memory. */
  fetch(slots: Int32Array, size: number): void {
    const { ints } = this.#rows;
    let fetched = 0;
    for (let at = 0; at < size; at++) fetched ^= ints[((slots[at] as number) << INT_SHIFT) | WORD] as number;
    this.#fetched[0] = fetched;
  }

  /** An open order's slot holds the id (or any other number ≥ 0: who holds it knows what it means). */
  hold(slot: number, holder: number): void {
    this.#rows.ints[(slot << INT_SHIFT) | HOLDER] = holder;
  }

  /** -1 if nobody open has the id. */
  holder(slot: number): number {
    return this.#rows.ints[(slot << INT_SHIFT) | HOLDER] as number;
  }

  /** Its order or list has ended. */
  release(slot: number): void {
    const { floats, ints } = this.#rows;
    ints[(slot << INT_SHIFT) | HOLDER] = NOBODY;
    if (floats[(slot << FLOAT_SHIFT) | TIME] === NOT_REMEMBERED) this.#drop(slot);
  }

  /** Forgets what was remembered at or before a time. */
  forget(until: number): void {
    while (this.#count > 0) {
      const slot = this.#ring[this.#first] as number;
      if ((this.#rows.floats[(slot << FLOAT_SHIFT) | TIME] as number) > until) return;
      this.#first = (this.#first + 1) & (this.#ring.length - 1);
      this.#count--;
      const i = slot << INT_SHIFT;
      this.#digest.subtract(this.#hashed(slot));
      this.#rows.floats[(slot << FLOAT_SHIFT) | TIME] = NOT_REMEMBERED;
      if (this.#rows.ints[i | HOLDER] === NOBODY) this.#drop(slot);
    }
  }

  account(slot: number): number {
    return this.#rows.floats[(slot << FLOAT_SHIFT) | ACCOUNT] as number;
  }

  /** The hash of the id, as `textWord` computes it. */
  word(slot: number): number {
    return this.#rows.ints[(slot << INT_SHIFT) | WORD] as number;
  }

  /** Writes those that are remembered as they stand in a snapshot: all of their times, then those that are no open order's. */
  writeTo(writer: ByteWriter): void {
    const { floats, ints } = this.#rows;
    const others = new Int32Array(this.#count);
    let count = 0;
    timesTable.write(writer, this.#count, (first, rows) => {
      for (let row = 0; row < rows; row++) {
        const slot = this.rememberedAt(first + row);
        times[row] = floats[(slot << FLOAT_SHIFT) | TIME] as number;
        const holder = ints[(slot << INT_SHIFT) | HOLDER];
        if (holder === NOBODY || holder === LIST_HOLDER) others[count++] = first + row;
      }
    });
    const slots = new Int32Array(BLOCK_ROWS);
    const fill = (first: number, rows: number) => {
      for (let row = 0; row < rows; row++) {
        const place = others[first + row] as number;
        const slot = this.rememberedAt(place);
        slots[row] = slot;
        places[row] = place;
        accounts[row] = this.account(slot);
        sizes[row] = this.size(slot);
      }
    };
    othersTable.write(writer, count, fill, (_first, rows) => this.writeTexts(writer, slots, rows));
  }

  /** How many characters an id has. */
  size(slot: number): number {
    return this.#rows.bytes[slot * ROW_BYTES + TEXT] as number;
  }

  /** The texts of some entries, without their lengths. */
  writeTexts(writer: ByteWriter, slots: Int32Array, count: number): void {
    const { bytes } = this.#rows;
    let total = 0;
    for (let at = 0; at < count; at++) total += this.size(slots[at] as number);
    const view = writer.view(total);
    let to = 0;
    for (let at = 0; at < count; at++) {
      const start = (slots[at] as number) * ROW_BYTES + TEXT;
      const end = start + (bytes[start] as number);
      for (let from = start + 1; from <= end; from++) view.setUint8(to++, bytes[from] as number);
    }
  }

  /** By entry: one more than its place among those that are remembered; 0 for others. */
  numbers(): Int32Array {
    const numbers = new Int32Array(this.#slots.end);
    for (let place = 0; place < this.#count; place++) numbers[this.rememberedAt(place)] = place + 1;
    return numbers;
  }

  /** How many are remembered, and each of them, oldest first. */
  get remembered(): number {
    return this.#count;
  }

  rememberedAt(place: number): number {
    return this.#ring[(this.#first + place) & (this.#ring.length - 1)] as number;
  }

  time(slot: number): number {
    return this.#rows.floats[(slot << FLOAT_SHIFT) | TIME] as number;
  }

  /** A new entry of an account that nobody holds and that is not remembered, yet without its id. */
  #begin(account: number): number {
    const slot = this.#slots.take();
    if (slot === this.#rows.capacity) this.#rows.grow();
    const { ints, floats } = this.#rows;
    floats[(slot << FLOAT_SHIFT) | ACCOUNT] = account;
    floats[(slot << FLOAT_SHIFT) | TIME] = NOT_REMEMBERED;
    ints[(slot << INT_SHIFT) | HOLDER] = NOBODY;
    return slot;
  }

  #setText(slot: number, { words, size }: WordText, word: number): void {
    const { ints } = this.#rows;
    const i = slot << INT_SHIFT;
    ints[i | WORD] = word;
    const count = (size + 3) >>> 2;
    for (let at = 0; at < count; at++) ints[i + TEXT_WORD + at] = words[at] as number;
  }

  #drop(slot: number): void {
    this.#index.remove(hashOfClientOrderId(this.account(slot), this.word(slot)), slot);
    this.#slots.giveBack(slot);
  }

  #isSame(slot: number, text: WordText): boolean {
    const { ints } = this.#rows;
    const { words } = text;
    const first = (slot << INT_SHIFT) | TEXT_WORD;
    const count = (text.size + 3) >>> 2;
    for (let at = 0; at < count; at++) {
      if (ints[first + at] !== words[at]) return false;
    }
    return true;
  }

  /** True of entries of one account with one text. */
  #isSameEntry(slot: number, other: number): boolean {
    if (this.account(slot) !== this.account(other)) return false;
    const { ints, bytes } = this.#rows;
    const count = ((bytes[slot * ROW_BYTES + TEXT] as number) + 4) >>> 2;
    const [a, b] = [(slot << INT_SHIFT) | TEXT_WORD, (other << INT_SHIFT) | TEXT_WORD];
    for (let at = 0; at < count; at++) {
      if (ints[a + at] !== ints[b + at]) return false;
    }
    return true;
  }

  #push(slot: number): void {
    if (this.#count === this.#ring.length) {
      const ring = new Int32Array(2 * this.#count);
      for (let place = 0; place < this.#count; place++) ring[place] = this.rememberedAt(place);
      this.#ring = ring;
      this.#first = 0;
    }
    this.#ring[(this.#first + this.#count) & (this.#ring.length - 1)] = slot;
    this.#count++;
  }

  /** What a remembered entry adds to the digest: as `hashRememberedClientOrderId`. */
  #hashed(slot: number): number {
    return hashedEntry(this.account(slot), this.word(slot), this.time(slot));
  }
}

function hashedEntry(account: number, word: number, time: number): number {
  return ownWithField(ownWithWord(ownWithField(CLIENT_ORDER_ID, 0, account), 2, word), 2, time);
}
