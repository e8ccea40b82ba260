import { assert } from "#shared/domain/invariant.ts";
import { hashNumber } from "../flat/hash.ts";
import { HashIndex } from "../flat/hash-index.ts";
import { grown, Slots } from "../flat/slots.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const ownAssert: typeof assert = assert;
const ownHashNumber = hashNumber;

/** Prices are below 2^40 (DefineMarket allows 10^11): eight digits of five bits. */
const DIGITS = 8;
/** Words of a node: which children there are (one bit each), its parent, its place in it, then 32 children. */
const BITMAP = 0;
const PARENT = 1;
const PLACE = 2;
const CHILDREN = 3;
const STRIDE = CHILDREN + 32;

/**
 * Which prices have a level, in order: a tree of five bits of the price a step, whose nodes exist only where prices are; so no band is fixed
 * beforehand, and nothing depends on how many levels lie between two prices. A leaf holds 32 neighbouring prices and is found by a hash of the price, so the tree is walked only
 * from one occupied stretch to the next.
 */
export class PriceTree {
  readonly #leaves = new HashIndex();
  readonly #slots = new Slots();
  #nodes = new Int32Array(16 * STRIDE);
  /** Of leaves: price ÷ 32. */
  #keys = new Float64Array(16);
  readonly #root: number;
  #lastKey = -1;
  #lastLeaf = -1;

  constructor() {
    this.#root = this.#newNode(-1, 0);
  }

  /** The level at a price; -1 if there is none. */
  get(price: number): number {
    const leaf = this.#findLeaf(keyOf(price));
    if (leaf < 0) return -1;
    const digit = price & 31;
    return this.#bitmap(leaf) & (1 << digit) ? this.#child(leaf, digit) : -1;
  }

  /** The price must have no level yet. */
  set(price: number, level: number): void {
    const key = keyOf(price);
    let leaf = this.#findLeaf(key);
    if (leaf < 0) leaf = this.#makeLeaf(key);
    this.#setChild(leaf, price & 31, level);
  }

  /** The price must have a level. */
  delete(price: number): void {
    let node = this.#findLeaf(keyOf(price));
    ownAssert(node >= 0, "only a price that has a level is deleted");
    let digit = price & 31;
    for (;;) {
      const bitmap = this.#bitmap(node) & ~(1 << digit);
      this.#nodes[node * STRIDE + BITMAP] = bitmap;
      if (bitmap !== 0 || node === this.#root) return;
      const parent = this.#nodes[node * STRIDE + PARENT] as number;
      digit = this.#nodes[node * STRIDE + PLACE] as number;
      if ((this.#keys[node] as number) >= 0) this.#dropLeaf(node);
      this.#slots.giveBack(node);
      node = parent;
    }
  }

  /** The level at the highest price below one that has a level; -1 if there is none. */
  below(price: number): number {
    return this.#beside(price, false);
  }

  /** The level at the lowest price above one that has a level; -1 if there is none. */
  above(price: number): number {
    return this.#beside(price, true);
  }

  /** The level at the lowest price, or at the highest; -1 if there is none. */
  lowest(): number {
    return this.#descend(this.#root, 0, true);
  }

  highest(): number {
    return this.#descend(this.#root, 0, false);
  }

  #beside(price: number, upward: boolean): number {
    let node = this.#findLeaf(keyOf(price));
    ownAssert(node >= 0, "neighbours are looked for from a price that has a level");
    let digit = price & 31;
    let depth = DIGITS - 1;
    for (;;) {
      const bitmap = this.#bitmap(node);
      // Shifts take their count mod 32, so the last digit upward is cut off in two steps.
      const rest = upward ? bitmap & (-2 << digit) : bitmap & ((1 << digit) - 1);
      if (rest !== 0) {
        const next = upward ? lowestBit(rest) : highestBit(rest);
        const child = this.#child(node, next);
        return depth === DIGITS - 1 ? child : this.#descend(child, depth + 1, upward);
      }
      if (node === this.#root) return -1;
      digit = this.#nodes[node * STRIDE + PLACE] as number;
      node = this.#nodes[node * STRIDE + PARENT] as number;
      depth--;
    }
  }

  #descend(from: number, fromDepth: number, toLowest: boolean): number {
    let node = from;
    for (let depth = fromDepth; ; depth++) {
      const bitmap = this.#bitmap(node);
      if (bitmap === 0) return -1;
      node = this.#child(node, toLowest ? lowestBit(bitmap) : highestBit(bitmap));
      if (depth === DIGITS - 1) return node;
    }
  }

  #findLeaf(key: number): number {
    if (key === this.#lastKey) return this.#lastLeaf;
    const hash = ownHashNumber(key);
    const leaves = this.#leaves;
    for (let at = leaves.start(hash); ; at = leaves.next(at)) {
      const leaf = leaves.slotAt(at);
      if (leaf < 0) return -1;
      if (leaves.hashAt(at) === hash && this.#keys[leaf] === key) {
        this.#lastKey = key;
        this.#lastLeaf = leaf;
        return leaf;
      }
    }
  }

  #makeLeaf(key: number): number {
    let node = this.#root;
    for (let depth = 0; depth < DIGITS - 1; depth++) {
      const digit = Math.floor(key / 32 ** (DIGITS - 2 - depth)) % 32;
      let child = this.#bitmap(node) & (1 << digit) ? this.#child(node, digit) : -1;
      if (child < 0) {
        child = this.#newNode(node, digit);
        this.#setChild(node, digit, child);
      }
      node = child;
    }
    this.#keys[node] = key;
    this.#leaves.insert(ownHashNumber(key), node);
    return node;
  }

  #dropLeaf(leaf: number): void {
    const key = this.#keys[leaf] as number;
    this.#leaves.remove(ownHashNumber(key), leaf);
    if (key === this.#lastKey) this.#lastKey = -1;
  }

  #newNode(parent: number, place: number): number {
    const node = this.#slots.take();
    if (node === this.#keys.length) {
      this.#keys = grown(this.#keys, 2 * node);
      this.#nodes = grown(this.#nodes, 2 * node * STRIDE);
    }
    this.#nodes[node * STRIDE + BITMAP] = 0;
    this.#nodes[node * STRIDE + PARENT] = parent;
    this.#nodes[node * STRIDE + PLACE] = place;
    this.#keys[node] = -1;
    return node;
  }

  #bitmap(node: number): number {
    return this.#nodes[node * STRIDE + BITMAP] as number;
  }

  #child(node: number, digit: number): number {
    return this.#nodes[node * STRIDE + CHILDREN + digit] as number;
  }

  #setChild(node: number, digit: number, child: number): void {
    this.#nodes[node * STRIDE + BITMAP] = this.#bitmap(node) | (1 << digit);
    this.#nodes[node * STRIDE + CHILDREN + digit] = child;
  }
}

function keyOf(price: number): number {
  return price <= 0x7fffffff ? price >>> 5 : Math.floor(price / 32);
}

function lowestBit(bitmap: number): number {
  return 31 - Math.clz32(bitmap & -bitmap);
}

function highestBit(bitmap: number): number {
  return 31 - Math.clz32(bitmap);
}
