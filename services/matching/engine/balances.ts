import { withField, withWord } from "#shared/domain/digest/field-hash.ts";
import { TAG } from "#shared/domain/digest/state-digest.ts";
import { type ByteReader, DecodingError } from "#shared/domain/encoding/byte-reader.ts";
import type { ByteWriter } from "#shared/domain/encoding/byte-writer.ts";
import { BALANCE_COLUMNS } from "#shared/domain/encoding/state-encoding.ts";
import { roomFor, Table } from "#shared/domain/encoding/table.ts";
import { assert } from "#shared/domain/invariant.ts";
import { hashNumber } from "../flat/hash.ts";
import { HashIndex } from "../flat/hash-index.ts";
import { Rows } from "../flat/rows.ts";
import { grown } from "../flat/slots.ts";
import type { Assets } from "./assets.ts";
import type { DigestSum } from "./digest-sum.ts";
import type { EventWriter } from "./event-writer.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const ownAssert: typeof assert = assert;
const ownHashNumber = hashNumber;
const ownWithField = withField;
const ownWithWord = withWord;

/** A cache line a balance: its places among the doubles and among the words of a row. */
const ROW_BYTES = 64;
const FLOAT_SHIFT = 3;
const ACCOUNT = 0;
const FREE = 1;
const LOCKED = 2;
const FREE_BEFORE = 3;
const LOCKED_BEFORE = 4;
const INT_SHIFT = 4;
const ASSET = 10;
const TOUCHED = 11;
const HASHED = 12;
/** The sum of the account and the asset, which never change. */
const FIXED = 13;

const BALANCE = TAG.balance;

const table = new Table(BALANCE_COLUMNS);
const [accounts, assets, frees, lockeds] = table.columns as readonly [
  Float64Array,
  Float64Array,
  Float64Array,
  Float64Array,
];

/** Free and locked amounts per (account, asset), in smallest units, and which of them the present command changed. */
export class Balances {
  readonly #index: HashIndex;
  readonly #assets: Assets;
  readonly #digest: DigestSum;
  readonly #rows: Rows;
  #count = 0;
  #touched = new Int32Array(64);
  #touchedCount = 0;
  /** By asset: what the present command changed in all. */
  #sums = new Float64Array(16);

  /** `capacity` is how many it holds before it first grows. */
  constructor(assets: Assets, digest: DigestSum, capacity: number) {
    this.#index = new HashIndex(capacity);
    this.#rows = new Rows(ROW_BYTES, capacity);
    this.#assets = assets;
    this.#digest = digest;
  }

  /** How many there are; slots are 0 … count - 1. */
  get count(): number {
    return this.#count;
  }

  /** The balance of an account in an asset, made at 0 if it is not there. */
  open(account: number, asset: number): number {
    const found = this.#find(account, asset);
    return found >= 0 ? found : this.#create(account, asset);
  }

  account(slot: number): number {
    return this.#rows.floats[(slot << FLOAT_SHIFT) | ACCOUNT] as number;
  }

  asset(slot: number): number {
    return this.#rows.ints[(slot << INT_SHIFT) | ASSET] as number;
  }

  free(slot: number): number {
    return this.#rows.floats[(slot << FLOAT_SHIFT) | FREE] as number;
  }

  locked(slot: number): number {
    return this.#rows.floats[(slot << FLOAT_SHIFT) | LOCKED] as number;
  }

  credit(slot: number, amount: number): void {
    if (amount === 0) return;
    this.#touch(slot);
    const { floats } = this.#rows;
    const f = slot << FLOAT_SHIFT;
    const free = (floats[f | FREE] as number) + amount;
    ownAssert(free <= Number.MAX_SAFE_INTEGER, "a balance is a safe integer");
    floats[f | FREE] = free;
  }

  debit(slot: number, amount: number): void {
    if (amount === 0) return;
    this.#touch(slot);
    const { floats } = this.#rows;
    const f = slot << FLOAT_SHIFT;
    const free = (floats[f | FREE] as number) - amount;
    ownAssert(free >= 0, "no free amount is negative");
    floats[f | FREE] = free;
  }

  lock(slot: number, amount: number): void {
    if (amount === 0) return;
    this.#touch(slot);
    const { floats } = this.#rows;
    const f = slot << FLOAT_SHIFT;
    const free = (floats[f | FREE] as number) - amount;
    ownAssert(free >= 0, "no free amount is negative");
    floats[f | FREE] = free;
    floats[f | LOCKED] = (floats[f | LOCKED] as number) + amount;
  }

  unlock(slot: number, amount: number): void {
    if (amount === 0) return;
    this.#touch(slot);
    const { floats } = this.#rows;
    const f = slot << FLOAT_SHIFT;
    const locked = (floats[f | LOCKED] as number) - amount;
    ownAssert(locked >= 0, "no locked amount is negative");
    floats[f | LOCKED] = locked;
    floats[f | FREE] = (floats[f | FREE] as number) + amount;
  }

  /** Pays from what is locked. */
  spendLocked(slot: number, amount: number): void {
    if (amount === 0) return;
    this.#touch(slot);
    const { floats } = this.#rows;
    const f = slot << FLOAT_SHIFT;
    const locked = (floats[f | LOCKED] as number) - amount;
    ownAssert(locked >= 0, "no locked amount is negative");
    floats[f | LOCKED] = locked;
  }

  /**
   * Ends a command: writes its changes in canonical order. `supplyChange` is what it deposited minus withdrew of `supplyAsset`; what all
   * balances of an asset changed by must come to just that (invariant 1).
   */
  writeChanges(events: EventWriter, supplyAsset: number, supplyChange: number): void {
    const count = this.#touchedCount;
    if (count === 0) return;
    this.#touchedCount = 0;
    const touched = this.#touched;
    const sums = this.#sums;
    const { floats, ints } = this.#rows;
    if (count > 1) this.#sort(count);
    for (let at = 0; at < count; at++) {
      const slot = touched[at] as number;
      const f = slot << FLOAT_SHIFT;
      ints[(slot << INT_SHIFT) | TOUCHED] = 0;
      const free = floats[f | FREE] as number;
      const locked = floats[f | LOCKED] as number;
      const freeChange = free - (floats[f | FREE_BEFORE] as number);
      const lockedChange = locked - (floats[f | LOCKED_BEFORE] as number);
      if (freeChange === 0 && lockedChange === 0) continue;
      const asset = ints[(slot << INT_SHIFT) | ASSET] as number;
      // Any partial sum is a part of the supply after minus the same part before: a safe integer, so every addition is exact.
      sums[asset] = (sums[asset] as number) + (freeChange + lockedChange);
      this.#rehash(slot);
      events.balanceChanged(floats[f | ACCOUNT] as number, this.#assets.text(asset), free, locked);
    }
    for (let at = 0; at < count; at++) {
      const asset = ints[((touched[at] as number) << INT_SHIFT) | ASSET] as number;
      const sum = sums[asset] as number;
      if (sum === 0) continue;
      ownAssert(asset === supplyAsset && sum === supplyChange, "money is neither missing nor made");
      sums[asset] = 0;
    }
  }

  /** Takes the balances of a snapshot over. */
  restore(reader: ByteReader): void {
    const count = reader.count();
    const room = roomFor(reader, count);
    this.#index.reserve(room);
    this.#rows.reserve(room);
    table.read(reader, count, (_first, rows) => this.#restoreBlock(rows));
  }

  #restoreBlock(rows: number): void {
    for (let row = 0; row < rows; row++) {
      const asset = assets[row] as number;
      if (asset >= this.#assets.count) throw new DecodingError("a balance is of no asset");
      const slot = this.#create(accounts[row] as number, asset);
      const free = frees[row] as number;
      const locked = lockeds[row] as number;
      ownAssert(free > 0 || locked > 0, "a balance of nothing is not in a snapshot");
      // So no two are the same, either.
      ownAssert(slot === 0 || this.isBefore(slot - 1, slot), "balances stand by account, then asset");
      this.#rows.floats[(slot << FLOAT_SHIFT) | FREE] = free;
      this.#rows.floats[(slot << FLOAT_SHIFT) | LOCKED] = locked;
      this.#rehash(slot);
    }
  }

  /** True if `a` comes before `b` in canonical order: by account, then asset id. */
  isBefore(a: number, b: number): boolean {
    const difference = this.account(a) - this.account(b);
    return (
      difference < 0 ||
      (difference === 0 && this.#assets.rank(this.asset(a)) < this.#assets.rank(this.asset(b)))
    );
  }

  /** Those that are not 0, in canonical order, as they stand in a snapshot. */
  writeTo(writer: ByteWriter): void {
    const slots = this.#canonical();
    table.write(writer, slots.length, (first, rows) => {
      for (let row = 0; row < rows; row++) {
        const slot = slots[first + row] as number;
        accounts[row] = this.account(slot);
        assets[row] = this.#assets.rank(this.asset(slot));
        frees[row] = this.free(slot);
        lockeds[row] = this.locked(slot);
      }
    });
  }

  /** The slots of those that are not 0, in canonical order. Accounts are sorted as numbers alone, which is several times as fast as by a comparison of ours. */
  #canonical(): Int32Array {
    const accounts = new Float64Array(this.#count);
    for (let slot = 0; slot < this.#count; slot++) accounts[slot] = this.account(slot);
    accounts.sort();
    const ranked = this.#assets.byRank();
    const slots = new Int32Array(this.#count);
    let count = 0;
    for (let at = 0; at < accounts.length; at++) {
      const account = accounts[at] as number;
      if (account === accounts[at - 1]) continue;
      for (const asset of ranked) {
        const slot = this.#find(account, asset);
        if (slot >= 0 && (this.free(slot) > 0 || this.locked(slot) > 0)) slots[count++] = slot;
      }
    }
    return slots.subarray(0, count);
  }

  /** -1 if it is not there. */
  #find(account: number, asset: number): number {
    const hash = ownHashNumber(account, asset);
    const index = this.#index;
    for (let at = index.start(hash); ; at = index.next(at)) {
      const slot = index.slotAt(at);
      if (slot < 0) return -1;
      if (index.hashAt(at) === hash && this.account(slot) === account && this.asset(slot) === asset)
        return slot;
    }
  }

  #create(account: number, asset: number): number {
    const slot = this.#count++;
    if (slot === this.#rows.capacity) this.#rows.grow();
    if (asset >= this.#sums.length) this.#sums = grown(this.#sums, 2 * asset);
    this.#rows.floats[(slot << FLOAT_SHIFT) | ACCOUNT] = account;
    this.#rows.ints[(slot << INT_SHIFT) | ASSET] = asset;
    this.#rows.ints[(slot << INT_SHIFT) | FIXED] = ownWithWord(
      ownWithField(BALANCE, 0, account),
      2,
      this.#assets.word(asset),
    );
    this.#index.insert(ownHashNumber(account, asset), slot);
    return slot;
  }

  #touch(slot: number): void {
    const { floats, ints } = this.#rows;
    const i = slot << INT_SHIFT;
    if (ints[i | TOUCHED] === 1) return;
    ints[i | TOUCHED] = 1;
    const f = slot << FLOAT_SHIFT;
    floats[f | FREE_BEFORE] = floats[f | FREE] as number;
    floats[f | LOCKED_BEFORE] = floats[f | LOCKED] as number;
    if (this.#touchedCount === this.#touched.length)
      this.#touched = grown(this.#touched, 2 * this.#touchedCount);
    this.#touched[this.#touchedCount++] = slot;
  }

  /** Few are touched, so insertion does; a sweep through many accounts is sorted as a whole. */
  #sort(count: number): void {
    const touched = this.#touched;
    if (count > 32) {
      this.#sortMany(count);
      return;
    }
    for (let at = 1; at < count; at++) {
      const slot = touched[at] as number;
      let to = at;
      while (to > 0 && this.isBefore(slot, touched[to - 1] as number)) {
        touched[to] = touched[to - 1] as number;
        to--;
      }
      touched[to] = slot;
    }
  }

  /** By itself, since what closes over `this` is memory that is taken at each call. */
  #sortMany(count: number): void {
    this.#touched.subarray(0, count).sort((a, b) => (this.isBefore(a, b) ? -1 : 1));
  }

  #rehash(slot: number): void {
    const { floats, ints } = this.#rows;
    const f = slot << FLOAT_SHIFT;
    const i = slot << INT_SHIFT;
    const free = floats[f | FREE] as number;
    const locked = floats[f | LOCKED] as number;
    // As `hashBalance`. A sum of 0 stands for a balance that counts for nothing; no other has it, to all intents.
    const before = ints[i | HASHED] as number;
    if (before !== 0) this.#digest.subtract(before);
    let sum = 0;
    if (free > 0 || locked > 0) {
      sum = ownWithField(ints[i | FIXED] as number, 2, free);
      if (locked > 0) sum = ownWithField(sum, 3, locked);
      if (sum !== 0) this.#digest.add(sum);
    }
    ints[i | HASHED] = sum;
  }
}
