import { hashNumber } from "../flat/hash.ts";
import { HashIndex } from "../flat/hash-index.ts";
import { Rows } from "../flat/rows.ts";

// Own copies of imports, which the compiler folds; an import it loads and compares at each use (docs/decisions/0011).
const ownHashNumber = hashNumber;

/** A cache line a record: its places among the doubles and among the words of a row. */
const ROW_BYTES = 64;
const FLOAT_SHIFT = 3;
const ACCOUNT = 0;
const OPEN_BUY_LOTS = 1;
const INT_SHIFT = 4;
const MARKET = 4;
const BASE_BALANCE = 5;
const QUOTE_BALANCE = 6;
const FIRST_ORDER = 7;
const OPEN_ORDERS = 8;
const OPEN_ALGO_ORDERS = 9;
const OPEN_ICEBERG_ORDERS = 10;
const OPEN_LISTS = 11;
/** What its orders lock in all, of each asset: summed only while a snapshot is restored (`LockSums`). */
const BASE_LOCKS = 6;
const QUOTE_LOCKS = 7;

/** The places of a record's fields in its row: see `ORDER_ROW`. */
export const TRADER_ROW = {
  FLOAT_SHIFT,
  ACCOUNT,
  OPEN_BUY_LOTS,
  BASE_LOCKS,
  QUOTE_LOCKS,
  INT_SHIFT,
  MARKET,
  BASE_BALANCE,
  QUOTE_BALANCE,
  FIRST_ORDER,
  OPEN_ORDERS,
  OPEN_ALGO_ORDERS,
  OPEN_ICEBERG_ORDERS,
} as const;

/** What an account has in one market: its two balances, its open orders and how many of each kind (for the filters). */
export class Traders {
  readonly #index: HashIndex;
  /** For the few hot functions that read or write several fields of a record at once. */
  readonly rows: Rows;
  #count = 0;
  /** What was read ahead, kept so that the reads are not left out. */
  readonly #fetched = new Int32Array(1);

  /** How many there are; slots are 0 … count - 1. */
  get count(): number {
    return this.#count;
  }

  /** `capacity` is how many it holds before it first grows. */
  constructor(capacity: number) {
    this.#index = new HashIndex(capacity);
    this.rows = new Rows(ROW_BYTES, capacity);
  }

  /** The record of an account in a market; -1 if there is none yet. */
  find(account: number, market: number): number {
    const hash = ownHashNumber(account, market);
    const index = this.#index;
    for (let at = index.start(hash); ; at = index.next(at)) {
      const slot = index.slotAt(at);
      if (slot < 0) return -1;
      if (index.hashAt(at) === hash && this.account(slot) === account && this.market(slot) === market)
        return slot;
    }
  }

  /** Makes room for so many. */
  reserve(count: number): void {
    this.#index.reserve(count);
    this.rows.reserve(count);
  }

  /** Reads from many records in a loop so small that the processor does many of these reads at once. */
  fetch(slots: Int32Array, count: number): void {
    const { ints } = this.rows;
    let fetched = 0;
    for (let at = 0; at < count; at++)
      fetched ^= ints[((slots[at] as number) << INT_SHIFT) | MARKET] as number;
    this.#fetched[0] = fetched;
  }

  create(account: number, market: number, baseBalance: number, quoteBalance: number): number {
    const slot = this.#count++;
    if (slot === this.rows.capacity) this.rows.grow();
    this.rows.floats[(slot << FLOAT_SHIFT) | ACCOUNT] = account;
    this.rows.ints[(slot << INT_SHIFT) | MARKET] = market;
    this.rows.ints[(slot << INT_SHIFT) | BASE_BALANCE] = baseBalance;
    this.rows.ints[(slot << INT_SHIFT) | QUOTE_BALANCE] = quoteBalance;
    this.rows.ints[(slot << INT_SHIFT) | FIRST_ORDER] = -1;
    this.#index.insert(ownHashNumber(account, market), slot);
    return slot;
  }

  account(slot: number): number {
    return this.rows.floats[(slot << FLOAT_SHIFT) | ACCOUNT] as number;
  }

  market(slot: number): number {
    return this.rows.ints[(slot << INT_SHIFT) | MARKET] as number;
  }

  baseBalance(slot: number): number {
    return this.rows.ints[(slot << INT_SHIFT) | BASE_BALANCE] as number;
  }

  quoteBalance(slot: number): number {
    return this.rows.ints[(slot << INT_SHIFT) | QUOTE_BALANCE] as number;
  }

  /** The first of its open orders, which are linked; -1 for none. */
  firstOrder(slot: number): number {
    return this.rows.ints[(slot << INT_SHIFT) | FIRST_ORDER] as number;
  }

  setFirstOrder(slot: number, order: number): void {
    this.rows.ints[(slot << INT_SHIFT) | FIRST_ORDER] = order;
  }

  /** Remaining lots of its open BUY orders. */
  openBuyLots(slot: number): number {
    return this.rows.floats[(slot << FLOAT_SHIFT) | OPEN_BUY_LOTS] as number;
  }

  addOpenBuyLots(slot: number, lots: number): void {
    this.rows.floats[(slot << FLOAT_SHIFT) | OPEN_BUY_LOTS] = this.openBuyLots(slot) + lots;
  }

  openOrders(slot: number): number {
    return this.rows.ints[(slot << INT_SHIFT) | OPEN_ORDERS] as number;
  }

  openAlgoOrders(slot: number): number {
    return this.rows.ints[(slot << INT_SHIFT) | OPEN_ALGO_ORDERS] as number;
  }

  openIcebergOrders(slot: number): number {
    return this.rows.ints[(slot << INT_SHIFT) | OPEN_ICEBERG_ORDERS] as number;
  }

  openLists(slot: number): number {
    return this.rows.ints[(slot << INT_SHIFT) | OPEN_LISTS] as number;
  }

  addOpenLists(slot: number, count: number): void {
    this.rows.ints[(slot << INT_SHIFT) | OPEN_LISTS] = this.openLists(slot) + count;
  }

  /** Counts one order more (1) or less (-1). */
  countOrder(slot: number, change: 1 | -1, isAlgo: boolean, isIceberg: boolean): void {
    const i = slot << INT_SHIFT;
    this.rows.ints[i | OPEN_ORDERS] = this.openOrders(slot) + change;
    if (isAlgo) this.rows.ints[i | OPEN_ALGO_ORDERS] = this.openAlgoOrders(slot) + change;
    if (isIceberg) this.rows.ints[i | OPEN_ICEBERG_ORDERS] = this.openIcebergOrders(slot) + change;
  }
}
