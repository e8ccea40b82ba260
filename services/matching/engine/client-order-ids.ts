import { withField, withWord } from "#shared/domain/digest/field-hash.ts";
import { TAG } from "#shared/domain/digest/state-digest.ts";
import type { ByteReader } from "#shared/domain/encoding/byte-reader.ts";
import { assert } from "#shared/domain/invariant.ts";
import { MAX_CLIENT_ORDER_ID } from "#shared/domain/rules.ts";
import { hashNumber } from "../flat/hash.ts";
import { HashIndex } from "../flat/hash-index.ts";
import { MAX_INTEGER_BYTES, putBytes, putUint } from "../flat/put.ts";
import { Rows } from "../flat/rows.ts";
import { Slots } from "../flat/slots.ts";
import { touched } from "../flat/touched.ts";
import type { WordText } from "../flat/word-text.ts";
import { ringLength } from "./capacity.ts";
import { clientOrderIdWord, copyClientOrderId } from "./client-order-id-text.ts";
import type { DigestSum } from "./digest-sum.ts";
import type { SnapshotWriter } from "./snapshot-writer.ts";

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

/** In a snapshot: account, a text of one character at least, time. */
const SHORTEST = 4;

/** How many ids of a snapshot are taken at a time. */
const BATCH = 128;

/** By which an account's id is found; `word` is the hash of its text. */
export const hashOfClientOrderId = hashNumber;

const CLIENT_ORDER_ID = TAG.clientOrderId;

/** Nobody open has the id. */
const NOBODY = -1;

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
  readonly #slotsOfBatch = new Int32Array(BATCH);
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
    const { floats, ints } = this.#rows;
    floats[(slot << FLOAT_SHIFT) | TIME] = time;
    const i = slot << INT_SHIFT;
    ints[i | WORD] = word;
    const { words } = text;
    const count = (text.size + 3) >>> 2;
    for (let at = 0; at < count; at++) ints[i + TEXT_WORD + at] = words[at] as number;
    this.#index.insert(hashOfClientOrderId(account, word), slot);
    this.#push(slot);
    this.#digest.add(hashedEntry(account, word, time));
    return slot;
  }

  /** For a snapshot: makes room for so many entries, without an index of them yet. */
  reserveRows(entries: number): void {
    this.#rows.reserve(entries);
  }

  /**
   * For a snapshot: the entry of an id that stands as an encoded text at a place in bytes, made if it is not there. Throws `DecodingError` for a text that is no
   * client order id.
   */
  restore(account: number, bytes: Uint8Array, start: number): number {
    return this.#open(account, bytes, start, clientOrderIdWord(bytes, start));
  }

  /** One more than the highest slot in use. */
  get end(): number {
    return this.#slots.end;
  }

  /** For a snapshot: as `restore`, but for an id that must not be there; it is not looked for, nor found, before `indexFrom`. */
  add(account: number, bytes: Uint8Array, start: number): number {
    const slot = this.#begin(account);
    const rows = this.#rows;
    this.#fillUp(slot, bytes[start] as number);
    rows.ints[(slot << INT_SHIFT) | WORD] = copyClientOrderId(
      bytes,
      start,
      rows.bytes,
      slot * ROW_BYTES + TEXT,
    );
    return slot;
  }

  /** For a snapshot: makes the entries from a slot on known. Returns false if two have the same id. */
  indexFrom(first: number): boolean {
    const hashes = new Int32Array(this.end - first);
    for (let at = 0; at < hashes.length; at++) {
      hashes[at] = hashOfClientOrderId(this.account(first + at), this.word(first + at));
    }
    const { bytes } = this.#rows;
    const isSame = (slot: number, other: number) =>
      this.account(slot) === this.account(other) && this.#isText(slot, bytes, other * ROW_BYTES + TEXT);
    return this.#index.insertAll(hashes, first, isSame);
  }

  /** Takes a list of `RememberedClientOrderId` over; `until` is the shard's time. */
  restoreRemembered(reader: ByteReader, until: number): void {
    const count = reader.count(SHORTEST);
    const accounts = new Float64Array(BATCH);
    const starts = new Int32Array(BATCH);
    const words = new Int32Array(BATCH);
    const times = new Float64Array(BATCH);
    const one = new Float64Array(1);
    // Most of those that open orders have are among them.
    this.#index.reserve(count);
    this.#rows.reserve(count);
    this.#ring = new Int32Array(ringLength(count));
    let last = 0;
    for (let left = count; left > 0; left -= BATCH) {
      const size = Math.min(left, BATCH);
      for (let at = 0; at < size; at++) {
        reader.uints(one, 0, 1);
        accounts[at] = one[0] as number;
        const start = reader.skipText();
        starts[at] = start;
        words[at] = clientOrderIdWord(reader.bytes, start);
        reader.uints(one, 0, 1);
        times[at] = one[0] as number;
      }
      this.#fetchFound(accounts, words, size);
      for (let at = 0; at < size; at++) {
        const time = times[at] as number;
        assert(time >= last && time <= until, "client order ids stand by time");
        last = time;
        this.#rememberAgain(
          this.#open(accounts[at] as number, reader.bytes, starts[at] as number, words[at] as number),
          time,
        );
      }
    }
  }

  #rememberAgain(slot: number, time: number): void {
    const { floats } = this.#rows;
    assert(floats[(slot << FLOAT_SHIFT) | TIME] === NOT_REMEMBERED, "a client order id is remembered once");
    floats[(slot << FLOAT_SHIFT) | TIME] = time;
    this.#push(slot);
    this.#digest.add(this.#hashed(slot));
  }

  /** Reads from where many ids would be found, so that looking for them one by one does not wait for memory. */
  #fetchFound(accounts: Float64Array, words: Int32Array, size: number): void {
    const hashes = this.#slotsOfBatch;
    for (let each = 0; each < size; each++) {
      hashes[each] = hashOfClientOrderId(accounts[each] as number, words[each] as number);
    }
    this.#index.fetch(hashes, size);
    this.fetch(hashes, size);
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

  /** Puts the id as an encoded text at a place in bytes. Returns the place after it. */
  putText(bytes: Uint8Array, at: number, slot: number): number {
    const from = this.#rows.bytes;
    const start = slot * ROW_BYTES + TEXT;
    return putBytes(bytes, at, from, start, start + 1 + (from[start] as number));
  }

  /** What is remembered, as a list of `RememberedClientOrderId`. */
  writeTo(writer: SnapshotWriter): void {
    writer.count(this.#count);
    const slots = this.#slotsOfBatch;
    const { floats } = this.#rows;
    for (let start = 0; start < this.#count; start += BATCH) {
      const size = Math.min(BATCH, this.#count - start);
      for (let at = 0; at < size; at++) slots[at] = this.rememberedAt(start + at);
      this.fetch(slots, size);
      writer.ensure(size * (2 * MAX_INTEGER_BYTES + MAX_CLIENT_ORDER_ID + 1));
      const { bytes } = writer;
      let end = writer.length;
      for (let at = 0; at < size; at++) {
        const slot = slots[at] as number;
        end = putUint(bytes, end, floats[(slot << FLOAT_SHIFT) | ACCOUNT] as number);
        end = this.putText(bytes, end, slot);
        end = putUint(bytes, end, floats[(slot << FLOAT_SHIFT) | TIME] as number);
      }
      writer.length = end;
    }
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

  #open(account: number, bytes: Uint8Array, start: number, word: number): number {
    const hash = hashOfClientOrderId(account, word);
    const index = this.#index;
    for (let at = index.start(hash); ; at = index.next(at)) {
      const slot = index.slotAt(at);
      if (slot < 0) return this.#create(account, bytes, start, word);
      if (index.hashAt(at) === hash && this.account(slot) === account && this.#isText(slot, bytes, start))
        return slot;
    }
  }

  #create(account: number, text: Uint8Array, start: number, word: number): number {
    const slot = this.#begin(account);
    const { bytes, ints } = this.#rows;
    const length = text[start] as number;
    this.#fillUp(slot, length);
    putBytes(bytes, slot * ROW_BYTES + TEXT, text, start, start + 1 + length);
    ints[(slot << INT_SHIFT) | WORD] = word;
    this.#index.insert(hashOfClientOrderId(account, word), slot);
    return slot;
  }

  /** Zeros for the end of the last word of a text of so many characters. */
  #fillUp(slot: number, length: number): void {
    this.#rows.ints[(slot << INT_SHIFT) + TEXT_WORD + (Math.min(length, MAX_CLIENT_ORDER_ID) >>> 2)] = 0;
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

  #isText(slot: number, text: Uint8Array, start: number): boolean {
    const { bytes } = this.#rows;
    const at = slot * ROW_BYTES + TEXT;
    const length = 1 + (text[start] as number);
    for (let each = 0; each < length; each++) {
      if (bytes[at + each] !== text[start + each]) return false;
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
