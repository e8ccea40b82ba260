import { withField, withWord } from "#shared/domain/digest/field-hash.ts";
import { TAG } from "#shared/domain/digest/state-digest.ts";
import { hashNumber } from "../flat/hash.ts";
import { HashIndex } from "../flat/hash-index.ts";
import { Rows } from "../flat/rows.ts";
import { Slots } from "../flat/slots.ts";
import { touched } from "../flat/touched.ts";
import { ringLength } from "./capacity.ts";
import type { DigestSum } from "./digest-sum.ts";

/** A cache line an entry: its places among the doubles, the words and the bytes of a row. */
const ROW_BYTES = 64;
const FLOATS = ROW_BYTES / 8;
const ACCOUNT = 0;
const TIME = 1;
const INTS = ROW_BYTES / 4;
const WORD = 4;
const HOLDER = 5;
/** One length byte, then at most 36 characters, then a flag. */
const TEXT = 24;
const REMEMBERED = 61;

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

  /** `capacity` is how many it holds before it first grows. */
  constructor(digest: DigestSum, capacity: number) {
    this.#index = new HashIndex(capacity);
    this.#rows = new Rows(ROW_BYTES, capacity);
    this.#ring = touched(new Int32Array(ringLength(capacity)));
    this.#digest = digest;
  }

  /** The entry of an account's id (an encoded text of at most 37 bytes, `word` its hash); -1 if it is free. */
  find(account: number, text: Uint8Array, word: number): number {
    const hash = hashNumber(account, word);
    const index = this.#index;
    for (let at = index.start(hash); ; at = index.next(at)) {
      const slot = index.slotAt(at);
      if (slot < 0) return -1;
      if (index.hashAt(at) === hash && this.account(slot) === account && this.#isText(slot, text))
        return slot;
    }
  }

  /** Remembers an id that is free, at the shard's time; nobody holds it yet. */
  remember(account: number, text: Uint8Array, word: number, time: number): number {
    const slot = this.#create(account, text, word);
    this.#rows.floats[slot * FLOATS + TIME] = time;
    this.#rows.bytes[slot * ROW_BYTES + REMEMBERED] = 1;
    this.#push(slot);
    this.#digest.add(this.#hashed(slot));
    return slot;
  }

  /** For a snapshot: remembers an id that an open order or list may hold already. */
  rememberAgain(account: number, text: Uint8Array, word: number, time: number): void {
    const slot = this.open(account, text, word);
    this.#rows.floats[slot * FLOATS + TIME] = time;
    this.#rows.bytes[slot * ROW_BYTES + REMEMBERED] = 1;
    this.#push(slot);
    this.#digest.add(this.#hashed(slot));
  }

  /** For a snapshot's open orders: the entry of an id that may be remembered or not. */
  open(account: number, text: Uint8Array, word: number): number {
    const found = this.find(account, text, word);
    return found >= 0 ? found : this.#create(account, text, word);
  }

  /** An open order's slot holds the id (or any other number ≥ 0: who holds it knows what it means). */
  hold(slot: number, holder: number): void {
    this.#rows.ints[slot * INTS + HOLDER] = holder;
  }

  /** -1 if nobody open has the id. */
  holder(slot: number): number {
    return this.#rows.ints[slot * INTS + HOLDER] as number;
  }

  /** Its order or list has ended. */
  release(slot: number): void {
    this.#rows.ints[slot * INTS + HOLDER] = NOBODY;
    if (this.#rows.bytes[slot * ROW_BYTES + REMEMBERED] === 0) this.#drop(slot);
  }

  /** Forgets what was remembered at or before a time. */
  forget(until: number): void {
    while (this.#count > 0) {
      const slot = this.#ring[this.#first] as number;
      if ((this.#rows.floats[slot * FLOATS + TIME] as number) > until) return;
      this.#first = (this.#first + 1) & (this.#ring.length - 1);
      this.#count--;
      const i = slot * INTS;
      this.#digest.subtract(this.#hashed(slot));
      this.#rows.bytes[slot * ROW_BYTES + REMEMBERED] = 0;
      if (this.#rows.ints[i + HOLDER] === NOBODY) this.#drop(slot);
    }
  }

  account(slot: number): number {
    return this.#rows.floats[slot * FLOATS + ACCOUNT] as number;
  }

  /** The hash of the id, as `textWord` computes it. */
  word(slot: number): number {
    return this.#rows.ints[slot * INTS + WORD] as number;
  }

  /** The id as an encoded text: a view. */
  text(slot: number): Uint8Array {
    const { bytes } = this.#rows;
    const at = slot * ROW_BYTES + TEXT;
    return bytes.subarray(at, at + 1 + (bytes[at] as number));
  }

  /** How many are remembered, and each of them, oldest first. */
  get remembered(): number {
    return this.#count;
  }

  rememberedAt(place: number): number {
    return this.#ring[(this.#first + place) & (this.#ring.length - 1)] as number;
  }

  time(slot: number): number {
    return this.#rows.floats[slot * FLOATS + TIME] as number;
  }

  #create(account: number, text: Uint8Array, word: number): number {
    const slot = this.#slots.take();
    if (slot === this.#rows.capacity) this.#rows.grow();
    const { bytes } = this.#rows;
    const at = slot * ROW_BYTES + TEXT;
    for (let each = 0; each < text.length; each++) bytes[at + each] = text[each] as number;
    this.#rows.floats[slot * FLOATS + ACCOUNT] = account;
    const i = slot * INTS;
    this.#rows.ints[i + WORD] = word;
    this.#rows.ints[i + HOLDER] = NOBODY;
    this.#rows.bytes[slot * ROW_BYTES + REMEMBERED] = 0;
    this.#index.insert(hashNumber(account, word), slot);
    return slot;
  }

  #drop(slot: number): void {
    this.#index.remove(hashNumber(this.account(slot), this.word(slot)), slot);
    this.#slots.giveBack(slot);
  }

  #isText(slot: number, text: Uint8Array): boolean {
    const { bytes } = this.#rows;
    const at = slot * ROW_BYTES + TEXT;
    for (let each = 0; each < text.length; each++) {
      if (bytes[at + each] !== text[each]) return false;
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
    const sum = withWord(withField(TAG.clientOrderId, 0, this.account(slot)), 2, this.word(slot));
    return withField(sum, 2, this.time(slot));
  }
}
