import { hashNumber } from "../flat/hash.ts";
import { HashIndex } from "../flat/hash-index.ts";
import { Rows } from "../flat/rows.ts";
import { Slots } from "../flat/slots.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const ownHashNumber = hashNumber;

/** A cache line an order: what the book and matching read, by its places among the doubles and the words of a row. */
const ROW_BYTES = 64;
const FLOAT_SHIFT = 3;
const ORDER_ID = 0;
const PRICE = 1;
const QUANTITY = 2;
const VISIBLE = 3;
const EXECUTED = 4;
const INT_SHIFT = 4;
const NEXT = 10;
const PREVIOUS = 11;
const LEVEL = 12;
const STAGE = 13;
const WORDS = 14;
const TRADER = 15;

/** Another line, in a table beside it: what the engine alone keeps, and reads less often. */
const EXECUTED_QUOTE = 0;
const PRIORITY = 1;
const TIME = 2;
const CLIENT_ORDER_ID = 6;
const OWN_NEXT = 7;
const OWN_PREVIOUS = 8;
const EXTRAS = 9;
const HASHED = 10;
const FIXED = 11;

/**
 * The places of an order's fields in its row, for functions that keep the row at hand. Such a module copies what it uses into constants of its own, which
 * the compiler folds; it does not fold what it imports.
 */
export const ORDER_ROW = {
  FLOAT_SHIFT,
  ORDER_ID,
  PRICE,
  QUANTITY,
  VISIBLE,
  EXECUTED,
  INT_SHIFT,
  NEXT,
  PREVIOUS,
  LEVEL,
  STAGE,
  WORDS,
  TRADER,
} as const;

/** The same for the row of its details, which is as long. */
export const DETAILS_ROW = {
  EXECUTED_QUOTE,
  PRIORITY,
  TIME,
  CLIENT_ORDER_ID,
  OWN_NEXT,
  OWN_PREVIOUS,
  EXTRAS,
  HASHED,
  FIXED,
} as const;

/** Where an order is. `QUEUED`: triggered, it works as soon as the present order is done. `TAKING`: it meets the other side right now, with nothing locked. */
export const STAGE_NONE = 0;
export const STAGE_WORKING = 1;
export const STAGE_WAITING = 2;
export const STAGE_PENDING = 3;
export const STAGE_QUEUED = 4;
export const STAGE_TAKING = 5;

/**
 * All open orders of a shard in flat memory, found by their order id: two rows of 64 bytes each, so that a million of them are memory and not garbage. A slot
 * names an order while it is open.
 */
export class Orders {
  readonly #slots = new Slots();
  readonly #index: HashIndex;
  /** For the few hot functions that read or write many fields of an order at once: see the places above. */
  readonly rows: Rows;
  readonly details: Rows;
  /** What was read ahead, kept so that the reads are not left out. */
  readonly #fetched = new Int32Array(1);

  /** `capacity` is how many it holds before it first grows. */
  constructor(capacity: number) {
    this.#index = new HashIndex(capacity);
    this.rows = new Rows(ROW_BYTES, capacity);
    this.details = new Rows(ROW_BYTES, capacity);
  }

  /** How many are open. */
  get count(): number {
    return this.#slots.used;
  }

  /** Makes room for so many, without an index of them yet. */
  reserveRows(count: number): void {
    this.rows.reserve(count);
    this.details.reserve(count);
  }

  /** For a snapshot: a row for an order that `find` does not find before `indexFrom`; for the rest as `create`. */
  add(orderId: number, price: number, quantity: number): number {
    const slot = this.#slots.take();
    if (slot === this.rows.capacity) this.rows.grow();
    const { floats, ints } = this.rows;
    const f = slot << FLOAT_SHIFT;
    floats[f | ORDER_ID] = orderId;
    floats[f | PRICE] = price;
    floats[f | QUANTITY] = quantity;
    floats[f | VISIBLE] = 0;
    floats[f | EXECUTED] = 0;
    const i = slot << INT_SHIFT;
    ints[i | LEVEL] = -1;
    ints[i | STAGE] = STAGE_WORKING;
    ints[i | TRADER] = -1;
    return slot;
  }

  /** Begins the details of a new order that came at a time. A book by itself has none. */
  beginDetails(slot: number, time: number): void {
    if (slot >= this.details.capacity) this.details.grow();
    const { floats, ints } = this.details;
    const f = slot << FLOAT_SHIFT;
    floats[f | EXECUTED_QUOTE] = 0;
    floats[f | PRIORITY] = 0;
    floats[f | TIME] = time;
    const i = slot << INT_SHIFT;
    ints[i | CLIENT_ORDER_ID] = -1;
    ints[i | EXTRAS] = -1;
    ints[i | HASHED] = 0;
  }

  /** For a snapshot: makes the orders from a slot on known by their ids. Returns false if two have the same. */
  indexFrom(first: number): boolean {
    const { floats } = this.rows;
    const hashes = new Int32Array(this.end - first);
    for (let at = 0; at < hashes.length; at++) {
      hashes[at] = ownHashNumber(floats[((first + at) << FLOAT_SHIFT) | ORDER_ID] as number);
    }
    return this.#index.insertAll(hashes, first, (slot, other) => this.orderId(slot) === this.orderId(other));
  }

  /** The open order with this id; -1 if there is none. */
  find(orderId: number): number {
    const hash = ownHashNumber(orderId);
    const index = this.#index;
    for (let at = index.start(hash); ; at = index.next(at)) {
      const slot = index.slotAt(at);
      if (slot < 0) return -1;
      if (index.hashAt(at) === hash && this.rows.floats[(slot << FLOAT_SHIFT) | ORDER_ID] === orderId)
        return slot;
    }
  }

  /** Reads from where orders of these hashes of ids (`hashNumber`) are looked for; they become slots of orders, as far as those are open. */
  fetchPlaces(hashes: Int32Array, count: number): void {
    this.#index.fetch(hashes, count);
  }

  /** Reads from the rows of many orders, in a loop so small that the processor does many of these reads at once. */
  fetchRows(slots: Int32Array, count: number): void {
    const { ints } = this.rows;
    let fetched = 0;
    for (let at = 0; at < count; at++)
      fetched ^= ints[((slots[at] as number) << INT_SHIFT) | STAGE] as number;
    this.#fetched[0] = fetched;
  }

  /** The same of the details alone. */
  fetchDetails(slots: Int32Array, count: number): void {
    const { ints } = this.details;
    let fetched = 0;
    for (let at = 0; at < count; at++)
      fetched ^= ints[((slots[at] as number) << INT_SHIFT) | EXTRAS] as number;
    this.#fetched[0] = fetched;
  }

  /** A new order with nothing executed and in no queue. No open order may have its id. */
  create(orderId: number, price: number, quantity: number): number {
    const slot = this.add(orderId, price, quantity);
    this.#index.insert(ownHashNumber(orderId), slot);
    return slot;
  }

  /** Forgets an order that is in no queue. */
  drop(slot: number): void {
    this.#index.remove(ownHashNumber(this.orderId(slot)), slot);
    this.rows.ints[(slot << INT_SHIFT) | STAGE] = STAGE_NONE;
    this.#slots.giveBack(slot);
  }

  /** One more than the highest slot in use: for walks over all orders, passing over `STAGE_NONE`. */
  get end(): number {
    return this.#slots.end;
  }

  orderId(slot: number): number {
    return this.rows.floats[(slot << FLOAT_SHIFT) | ORDER_ID] as number;
  }

  /** The limit price, ticks. */
  price(slot: number): number {
    return this.rows.floats[(slot << FLOAT_SHIFT) | PRICE] as number;
  }

  /** Lots, after amendments. */
  quantity(slot: number): number {
    return this.rows.floats[(slot << FLOAT_SHIFT) | QUANTITY] as number;
  }

  setQuantity(slot: number, quantity: number): void {
    this.rows.floats[(slot << FLOAT_SHIFT) | QUANTITY] = quantity;
  }

  executed(slot: number): number {
    return this.rows.floats[(slot << FLOAT_SHIFT) | EXECUTED] as number;
  }

  executedQuote(slot: number): number {
    return this.details.floats[(slot << FLOAT_SHIFT) | EXECUTED_QUOTE] as number;
  }

  addExecuted(slot: number, quantity: number, quote: number): void {
    const at = (slot << FLOAT_SHIFT) | EXECUTED;
    this.rows.floats[at] = (this.rows.floats[at] as number) + quantity;
    const worth = (slot << FLOAT_SHIFT) | EXECUTED_QUOTE;
    this.details.floats[worth] = (this.details.floats[worth] as number) + quote;
  }

  /** Lots that the book shows of it. */
  visible(slot: number): number {
    return this.rows.floats[(slot << FLOAT_SHIFT) | VISIBLE] as number;
  }

  setVisible(slot: number, quantity: number): void {
    this.rows.floats[(slot << FLOAT_SHIFT) | VISIBLE] = quantity;
  }

  priority(slot: number): number {
    return this.details.floats[(slot << FLOAT_SHIFT) | PRIORITY] as number;
  }

  setPriority(slot: number, priority: number): void {
    this.details.floats[(slot << FLOAT_SHIFT) | PRIORITY] = priority;
  }

  time(slot: number): number {
    return this.details.floats[(slot << FLOAT_SHIFT) | TIME] as number;
  }

  /** Its neighbours in its level's queue, and the level; -1 for none. */
  next(slot: number): number {
    return this.rows.ints[(slot << INT_SHIFT) | NEXT] as number;
  }

  setNext(slot: number, order: number): void {
    this.rows.ints[(slot << INT_SHIFT) | NEXT] = order;
  }

  previous(slot: number): number {
    return this.rows.ints[(slot << INT_SHIFT) | PREVIOUS] as number;
  }

  setPrevious(slot: number, order: number): void {
    this.rows.ints[(slot << INT_SHIFT) | PREVIOUS] = order;
  }

  level(slot: number): number {
    return this.rows.ints[(slot << INT_SHIFT) | LEVEL] as number;
  }

  setLevel(slot: number, level: number): void {
    this.rows.ints[(slot << INT_SHIFT) | LEVEL] = level;
  }

  stage(slot: number): number {
    return this.rows.ints[(slot << INT_SHIFT) | STAGE] as number;
  }

  setStage(slot: number, stage: number): void {
    this.rows.ints[(slot << INT_SHIFT) | STAGE] = stage;
  }

  /** Side, type, timeInForce and self-trade prevention by their places in their lists, packed as `packedWords` packs them. */
  words(slot: number): number {
    return this.rows.ints[(slot << INT_SHIFT) | WORDS] as number;
  }

  setWords(slot: number, words: number): void {
    this.rows.ints[(slot << INT_SHIFT) | WORDS] = words;
  }

  /** The record of its account in its market. */
  trader(slot: number): number {
    return this.rows.ints[(slot << INT_SHIFT) | TRADER] as number;
  }

  setTrader(slot: number, trader: number): void {
    this.rows.ints[(slot << INT_SHIFT) | TRADER] = trader;
  }

  /** The record of its client order id. */
  clientOrderId(slot: number): number {
    return this.details.ints[(slot << INT_SHIFT) | CLIENT_ORDER_ID] as number;
  }

  setClientOrderId(slot: number, entry: number): void {
    this.details.ints[(slot << INT_SHIFT) | CLIENT_ORDER_ID] = entry;
  }

  /** Its neighbours among the open orders of its account in its market; -1 for none. */
  ownNext(slot: number): number {
    return this.details.ints[(slot << INT_SHIFT) | OWN_NEXT] as number;
  }

  setOwnNext(slot: number, order: number): void {
    this.details.ints[(slot << INT_SHIFT) | OWN_NEXT] = order;
  }

  ownPrevious(slot: number): number {
    return this.details.ints[(slot << INT_SHIFT) | OWN_PREVIOUS] as number;
  }

  setOwnPrevious(slot: number, order: number): void {
    this.details.ints[(slot << INT_SHIFT) | OWN_PREVIOUS] = order;
  }

  /** The record of what only some orders have; -1 for none. */
  extras(slot: number): number {
    return this.details.ints[(slot << INT_SHIFT) | EXTRAS] as number;
  }

  setExtras(slot: number, extras: number): void {
    this.details.ints[(slot << INT_SHIFT) | EXTRAS] = extras;
  }

  /** The sum of its fields as the state's digest has it now; 0 if it has none of it. */
  hashed(slot: number): number {
    return this.details.ints[(slot << INT_SHIFT) | HASHED] as number;
  }

  setHashed(slot: number, sum: number): void {
    this.details.ints[(slot << INT_SHIFT) | HASHED] = sum;
  }

  /** The sum of those of its fields that never change. */
  fixed(slot: number): number {
    return this.details.ints[(slot << INT_SHIFT) | FIXED] as number;
  }

  setFixed(slot: number, sum: number): void {
    this.details.ints[(slot << INT_SHIFT) | FIXED] = sum;
  }
}
