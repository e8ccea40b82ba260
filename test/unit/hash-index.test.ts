import { expect } from "chai";
import { describe, it } from "mocha";
import { hashNumber } from "#services/matching/flat/hash.ts";
import { HashIndex } from "#services/matching/flat/hash-index.ts";

/** More than are sorted at a time, and far more than one part of the index takes. */
const MANY = 300_000;

describe("an index into which many entries are put at once", () => {
  it("finds each of them, and those that were there before and come after", () => {
    const keys = Float64Array.from({ length: MANY }, (_, at) => 7 * at + 1);
    const index = new HashIndex();
    const before = 1000;
    for (let slot = 0; slot < before; slot++) index.insert(hashNumber(keys[slot] as number), slot);
    expect(putAll(index, keys, before, MANY - 1000)).to.equal(true);
    for (let slot = MANY - 1000; slot < MANY; slot++) index.insert(hashNumber(keys[slot] as number), slot);

    expect(index.count).to.equal(MANY);
    let found = 0;
    for (let slot = 0; slot < MANY; slot++) if (find(index, keys, keys[slot] as number) === slot) found++;
    expect(found).to.equal(MANY);
    expect(find(index, keys, 3), "a key that is not there").to.equal(-1);
  });

  it("keeps apart entries of one hash that are not the same", () => {
    const keys = Float64Array.from({ length: 100 }, (_, at) => at);
    const index = new HashIndex();
    const hashes = new Int32Array(100).fill(-5);
    expect(index.insertAll(hashes, 0, (slot, other) => keys[slot] === keys[other])).to.equal(true);
    for (let slot = 0; slot < 100; slot++) {
      let at = index.start(-5);
      while (index.slotAt(at) >= 0 && index.slotAt(at) !== slot) at = index.next(at);
      expect(index.slotAt(at)).to.equal(slot);
    }
  });

  it("refuses the same entry twice, among them or with those that were there", () => {
    const keys = Float64Array.from({ length: MANY }, (_, at) => at + 1);
    const twice = keys.slice();
    twice[MANY - 1] = 5;
    expect(putAll(new HashIndex(), keys, 0, MANY)).to.equal(true);
    expect(putAll(new HashIndex(), twice, 0, MANY)).to.equal(false);

    const index = new HashIndex();
    index.insert(hashNumber(twice[4] as number), 4);
    expect(putAll(index, twice, MANY - 10, MANY)).to.equal(false);
  });
});

/** Puts the slots from one on up to another into an index at once, by the hashes of their keys. */
function putAll(index: HashIndex, keys: Float64Array, from: number, to: number): boolean {
  const hashes = Int32Array.from(keys.subarray(from, to), (key) => hashNumber(key));
  return index.insertAll(hashes, from, (slot, other) => keys[slot] === keys[other]);
}

function find(index: HashIndex, keys: Float64Array, key: number): number {
  const hash = hashNumber(key);
  for (let at = index.start(hash); ; at = index.next(at)) {
    const slot = index.slotAt(at);
    if (slot < 0 || (index.hashAt(at) === hash && keys[slot] === key)) return slot;
  }
}
