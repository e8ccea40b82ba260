import { assert } from "#shared/domain/invariant.ts";
import { touched } from "./touched.ts";

/** How many places of an index, as a power of two, are filled at a time: 64 KB. */
const PART_BITS = 13;

/** How many entries are sorted by those parts at a time. */
const CHUNK = 1 << 18;

/**
 * From 32-bit hashes to slots of somebody else's records: open addressing with linear probing, at most half full. Whoever owns the records compares
 * the keys, so a lookup reads `pairs` itself:
 *
 *     for (let at = index.start(hash); ; at = index.next(at)) {
 *       const slot = index.slotAt(at);
 *       if (slot < 0) return -1; // not there
 *       if (index.hashAt(at) === hash && isWanted(slot)) return slot;
 *     }
 */
export class HashIndex {
  /** Two words a place: the hash, and the slot + 1 (0 = empty). */
  #pairs: Int32Array;
  #mask: number;
  #count = 0;

  /** `capacity` is how many entries it holds before it first grows. */
  constructor(capacity = 64) {
    let places = 16;
    while (places < 2 * capacity) places *= 2;
    this.#pairs = touched(new Int32Array(2 * places));
    this.#mask = places - 1;
  }

  get count(): number {
    return this.#count;
  }

  start(hash: number): number {
    return hash & this.#mask;
  }

  next(at: number): number {
    return (at + 1) & this.#mask;
  }

  /** -1 for an empty place. */
  slotAt(at: number): number {
    return (this.#pairs[2 * at + 1] as number) - 1;
  }

  hashAt(at: number): number {
    return this.#pairs[2 * at] as number;
  }

  /**
   * Reads the places where many hashes are looked for first, in a loop so small, and without a branch, that the processor does many of these reads at once: what looks for them soon after
   * does not wait for memory. Each hash is replaced by the slot at its place, or the next if that is another's; 0 for none. Nearly all are what will be found.
   */
  fetch(hashes: Int32Array, count: number): void {
    const pairs = this.#pairs;
    const mask = this.#mask;
    for (let at = 0; at < count; at++) {
      const hash = hashes[at] as number;
      const home = hash & mask;
      const difference = (pairs[2 * home] as number) ^ hash;
      // 1 if they differ, else 0.
      const step = (difference | -difference) >>> 31;
      const place = (home + step) & mask;
      hashes[at] = Math.max((pairs[2 * place + 1] as number) - 1, 0);
    }
  }

  /** The entry must not be there yet. */
  insert(hash: number, slot: number): void {
    if (2 * (this.#count + 1) > this.#mask + 1) this.#resize(2 * (this.#mask + 1));
    this.#count++;
    this.#put(hash, slot);
  }

  /** The entry must be there. Moves those behind it forward, so that no tombstones are left. */
  remove(hash: number, slot: number): void {
    const pairs = this.#pairs;
    const mask = this.#mask;
    let hole = hash & mask;
    while (pairs[2 * hole + 1] !== slot + 1) {
      assert(pairs[2 * hole + 1] !== 0, "what is removed from an index is in it");
      hole = (hole + 1) & mask;
    }
    for (let at = (hole + 1) & mask; pairs[2 * at + 1] !== 0; at = (at + 1) & mask) {
      const home = (pairs[2 * at] as number) & mask;
      // An entry may move into the hole if the hole lies between its home and where it is.
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      pairs[2 * hole] = pairs[2 * at] as number;
      pairs[2 * hole + 1] = pairs[2 * at + 1] as number;
      hole = at;
    }
    pairs[2 * hole] = 0;
    pairs[2 * hole + 1] = 0;
    this.#count--;
  }

  /**
   * Inserts many entries at once: the slots from `firstSlot` on, by their hashes. One part of the index after another is filled, each small enough for the
   * processor's cache, which is several times as fast as jumping about in all of it. Returns false, with the work left undone, if `isSame` says of two slots of one
   * hash that they are the same.
   */
  insertAll(
    hashes: Int32Array,
    firstSlot: number,
    isSame: (slot: number, other: number) => boolean,
  ): boolean {
    this.reserve(this.#count + hashes.length);
    const byPart = new Int32Array(2 * Math.min(CHUNK, hashes.length));
    for (let start = 0; start < hashes.length; start += CHUNK) {
      const end = Math.min(start + CHUNK, hashes.length);
      this.#sortByPart(hashes, start, end, byPart);
      for (let each = 0; each < 2 * (end - start); each += 2) {
        const slot = firstSlot + (byPart[each + 1] as number);
        if (!this.#insertNew(byPart[each] as number, slot, isSame)) return false;
      }
    }
    return true;
  }

  /** Returns false if it is there. */
  #insertNew(hash: number, slot: number, isSame: (slot: number, other: number) => boolean): boolean {
    const pairs = this.#pairs;
    const mask = this.#mask;
    let at = hash & mask;
    for (let other = pairs[2 * at + 1] as number; other !== 0; other = pairs[2 * at + 1] as number) {
      if (pairs[2 * at] === hash && isSame(slot, other - 1)) return false;
      at = (at + 1) & mask;
    }
    pairs[2 * at] = hash;
    pairs[2 * at + 1] = slot + 1;
    this.#count++;
    return true;
  }

  /** Writes pairs of a hash and its place among all of them, by the part of the index that the hash falls into. */
  #sortByPart(hashes: Int32Array, start: number, end: number, sorted: Int32Array): void {
    const mask = this.#mask;
    const ends = new Int32Array((mask >>> PART_BITS) + 2);
    for (let at = start; at < end; at++) {
      const part = ((hashes[at] as number) & mask) >>> PART_BITS;
      ends[part + 1] = (ends[part + 1] as number) + 1;
    }
    for (let part = 1; part < ends.length; part++) {
      ends[part] = (ends[part] as number) + (ends[part - 1] as number);
    }
    for (let at = start; at < end; at++) {
      const hash = hashes[at] as number;
      const part = (hash & mask) >>> PART_BITS;
      const to = ends[part] as number;
      ends[part] = to + 1;
      sorted[2 * to] = hash;
      sorted[2 * to + 1] = at;
    }
  }

  /** Makes room for so many entries in all, so that it need not grow on the way to them. */
  reserve(capacity: number): void {
    let places = this.#mask + 1;
    while (places < 2 * capacity) places *= 2;
    if (places > this.#mask + 1) this.#resize(places);
  }

  #put(hash: number, slot: number): void {
    const pairs = this.#pairs;
    const mask = this.#mask;
    let at = hash & mask;
    while (pairs[2 * at + 1] !== 0) at = (at + 1) & mask;
    pairs[2 * at] = hash;
    pairs[2 * at + 1] = slot + 1;
  }

  #resize(places: number): void {
    const old = this.#pairs;
    this.#pairs = new Int32Array(2 * places);
    this.#mask = places - 1;
    for (let at = 0; this.#count > 0 && at < old.length; at += 2) {
      const slot = old[at + 1] as number;
      if (slot !== 0) this.#put(old[at] as number, slot - 1);
    }
  }
}
