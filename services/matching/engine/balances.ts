import { withField, withWord } from "#shared/domain/digest/field-hash.ts";
import { TAG } from "#shared/domain/digest/state-digest.ts";
import { assert } from "#shared/domain/invariant.ts";
import { hashNumber } from "../flat/hash.ts";
import { HashIndex } from "../flat/hash-index.ts";
import { Rows } from "../flat/rows.ts";
import { grown } from "../flat/slots.ts";
import type { Assets } from "./assets.ts";
import type { DigestSum } from "./digest-sum.ts";
import type { EventWriter } from "./event-writer.ts";
import { MAX_INTEGER_BYTES, type SnapshotWriter } from "./snapshot-writer.ts";

/** A cache line a balance: its places among the doubles and among the words of a row. */
const ROW_BYTES = 64;
const FLOATS = ROW_BYTES / 8;
const ACCOUNT = 0;
const FREE = 1;
const LOCKED = 2;
const FREE_BEFORE = 3;
const LOCKED_BEFORE = 4;
const INTS = ROW_BYTES / 4;
const ASSET = 10;
const TOUCHED = 11;
const HASHED = 12;

/** Free and locked amounts per (account, asset), in smallest units, and which of them the present command changed. */
export class Balances {
  readonly #index = new HashIndex(1024);
  readonly #assets: Assets;
  readonly #digest: DigestSum;
  readonly #rows = new Rows(ROW_BYTES, 1024);
  #count = 0;
  #touched = new Int32Array(64);
  #touchedCount = 0;
  /** By asset: what the present command changed in all. */
  #sums = new Float64Array(16);

  constructor(assets: Assets, digest: DigestSum) {
    this.#assets = assets;
    this.#digest = digest;
  }

  /** How many there are; slots are 0 … count - 1. */
  get count(): number {
    return this.#count;
  }

  /** The balance of an account in an asset, made at 0 if it is not there. */
  open(account: number, asset: number): number {
    const hash = hashNumber(account, asset);
    const index = this.#index;
    for (let at = index.start(hash); ; at = index.next(at)) {
      const slot = index.slotAt(at);
      if (slot < 0) return this.#create(account, asset, hash);
      if (index.hashAt(at) === hash && this.account(slot) === account && this.asset(slot) === asset)
        return slot;
    }
  }

  account(slot: number): number {
    return this.#rows.floats[slot * FLOATS + ACCOUNT] as number;
  }

  asset(slot: number): number {
    return this.#rows.ints[slot * INTS + ASSET] as number;
  }

  free(slot: number): number {
    return this.#rows.floats[slot * FLOATS + FREE] as number;
  }

  locked(slot: number): number {
    return this.#rows.floats[slot * FLOATS + LOCKED] as number;
  }

  credit(slot: number, amount: number): void {
    if (amount === 0) return;
    this.#touch(slot);
    const free = this.free(slot) + amount;
    assert(free <= Number.MAX_SAFE_INTEGER, "a balance is a safe integer");
    this.#rows.floats[slot * FLOATS + FREE] = free;
  }

  debit(slot: number, amount: number): void {
    if (amount === 0) return;
    this.#touch(slot);
    const free = this.free(slot) - amount;
    assert(free >= 0, "no free amount is negative");
    this.#rows.floats[slot * FLOATS + FREE] = free;
  }

  lock(slot: number, amount: number): void {
    this.debit(slot, amount);
    this.#rows.floats[slot * FLOATS + LOCKED] = this.locked(slot) + amount;
  }

  unlock(slot: number, amount: number): void {
    this.spendLocked(slot, amount);
    this.#rows.floats[slot * FLOATS + FREE] = this.free(slot) + amount;
  }

  /** Pays from what is locked. */
  spendLocked(slot: number, amount: number): void {
    if (amount === 0) return;
    this.#touch(slot);
    const locked = this.locked(slot) - amount;
    assert(locked >= 0, "no locked amount is negative");
    this.#rows.floats[slot * FLOATS + LOCKED] = locked;
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
    this.#sort(count);
    for (let at = 0; at < count; at++) {
      const slot = touched[at] as number;
      const f = slot * FLOATS;
      this.#rows.ints[slot * INTS + TOUCHED] = 0;
      const free = this.#rows.floats[f + FREE] as number;
      const locked = this.#rows.floats[f + LOCKED] as number;
      const freeChange = free - (this.#rows.floats[f + FREE_BEFORE] as number);
      const lockedChange = locked - (this.#rows.floats[f + LOCKED_BEFORE] as number);
      if (freeChange === 0 && lockedChange === 0) continue;
      const asset = this.asset(slot);
      // Any partial sum is a part of the supply after minus the same part before: a safe integer, so every addition is exact.
      this.#sums[asset] = (this.#sums[asset] as number) + (freeChange + lockedChange);
      this.#rehash(slot);
      events.balanceChanged(this.account(slot), this.#assets.text(asset), free, locked);
    }
    for (let at = 0; at < count; at++) {
      const asset = this.asset(touched[at] as number);
      const sum = this.#sums[asset] as number;
      if (sum === 0) continue;
      assert(asset === supplyAsset && sum === supplyChange, "money is neither missing nor made");
      this.#sums[asset] = 0;
    }
  }

  /** Makes room for so many. */
  reserve(count: number): void {
    this.#index.reserve(count);
    this.#rows.reserve(count);
  }

  /** Takes a balance over from a snapshot. Returns its slot. */
  restore(account: number, asset: number, free: number, locked: number): number {
    assert(free > 0 || locked > 0, "a balance of nothing is not in a snapshot");
    const slot = this.open(account, asset);
    this.#rows.floats[slot * FLOATS + FREE] = free;
    this.#rows.floats[slot * FLOATS + LOCKED] = locked;
    this.#rehash(slot);
    return slot;
  }

  /** True if `a` comes before `b` in canonical order: by account, then asset id. */
  isBefore(a: number, b: number): boolean {
    const difference = this.account(a) - this.account(b);
    return (
      difference < 0 ||
      (difference === 0 && this.#assets.rank(this.asset(a)) < this.#assets.rank(this.asset(b)))
    );
  }

  /** As a list of `BalanceState`: those that are not 0, in canonical order. */
  writeTo(writer: SnapshotWriter): void {
    const slots = new Int32Array(this.#count);
    let count = 0;
    for (let slot = 0; slot < this.#count; slot++) {
      if (this.free(slot) > 0 || this.locked(slot) > 0) slots[count++] = slot;
    }
    const sorted = slots.subarray(0, count).sort((a, b) => (this.isBefore(a, b) ? -1 : 1));
    writer.ensure(MAX_INTEGER_BYTES);
    writer.uint(count);
    for (let at = 0; at < count; at++) {
      const slot = sorted[at] as number;
      const text = this.#assets.text(this.asset(slot));
      writer.ensure(3 * MAX_INTEGER_BYTES + text.length);
      writer.uint(this.account(slot));
      writer.copy(text, 0, text.length);
      writer.uint(this.free(slot));
      writer.uint(this.locked(slot));
    }
  }

  #create(account: number, asset: number, hash: number): number {
    const slot = this.#count++;
    if (slot === this.#rows.capacity) this.#rows.grow();
    if (asset >= this.#sums.length) this.#sums = grown(this.#sums, 2 * asset);
    this.#rows.floats[slot * FLOATS + ACCOUNT] = account;
    this.#rows.ints[slot * INTS + ASSET] = asset;
    this.#index.insert(hash, slot);
    return slot;
  }

  #touch(slot: number): void {
    const i = slot * INTS;
    if (this.#rows.ints[i + TOUCHED] === 1) return;
    this.#rows.ints[i + TOUCHED] = 1;
    const f = slot * FLOATS;
    this.#rows.floats[f + FREE_BEFORE] = this.#rows.floats[f + FREE] as number;
    this.#rows.floats[f + LOCKED_BEFORE] = this.#rows.floats[f + LOCKED] as number;
    if (this.#touchedCount === this.#touched.length)
      this.#touched = grown(this.#touched, 2 * this.#touchedCount);
    this.#touched[this.#touchedCount++] = slot;
  }

  /** Few are touched, so insertion does; a sweep through many accounts is sorted as a whole. */
  #sort(count: number): void {
    const touched = this.#touched;
    if (count > 32) {
      touched.subarray(0, count).sort((a, b) => (this.isBefore(a, b) ? -1 : 1));
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

  #rehash(slot: number): void {
    const i = slot * INTS;
    const account = this.account(slot);
    const word = this.#assets.word(this.asset(slot));
    const free = this.free(slot);
    const locked = this.locked(slot);
    // As `hashBalance`. A sum of 0 stands for a balance that counts for nothing; no other has it, to all intents.
    const before = this.#rows.ints[i + HASHED] as number;
    if (before !== 0) this.#digest.subtract(before);
    let sum = 0;
    if (free > 0 || locked > 0) {
      sum = withField(TAG.balance, 0, account);
      sum = withWord(sum, 2, word);
      sum = withField(sum, 2, free);
      sum = withField(sum, 3, locked);
      if (sum !== 0) this.#digest.add(sum);
    }
    this.#rows.ints[i + HASHED] = sum;
  }
}
