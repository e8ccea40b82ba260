import { hashNumber } from "../flat/hash.ts";
import { HashIndex } from "../flat/hash-index.ts";
import { grown } from "../flat/slots.ts";

const FLOATS = 2;
const ACCOUNT = 0;
const OPEN_BUY_LOTS = 1;
const INTS = 9;
const MARKET = 0;
const BASE_BALANCE = 1;
const QUOTE_BALANCE = 2;
const FIRST_ORDER = 3;
const OPEN_ORDERS = 4;
const OPEN_ALGO_ORDERS = 5;
const OPEN_ICEBERG_ORDERS = 6;
const OPEN_LISTS = 7;

/** What an account has in one market: its two balances, its open orders and how many of each kind (for the filters). */
export class Traders {
  readonly #index = new HashIndex(1024);
  #floats = new Float64Array(1024 * FLOATS);
  #ints = new Int32Array(1024 * INTS);
  #count = 0;
  /** What was read ahead, kept so that the reads are not left out. */
  readonly #fetched = new Float64Array(64);

  /** How many there are; slots are 0 … count - 1. */
  get count(): number {
    return this.#count;
  }

  /** The record of an account in a market; -1 if there is none yet. */
  find(account: number, market: number): number {
    const hash = hashNumber(account, market);
    const index = this.#index;
    for (let at = index.start(hash); ; at = index.next(at)) {
      const slot = index.slotAt(at);
      if (slot < 0) return -1;
      if (index.hashAt(at) === hash && this.account(slot) === account && this.market(slot) === market)
        return slot;
    }
  }

  /** Reads from where the records of many accounts are, in loops so small that the processor does many of these reads at once. */
  fetch(accounts: Float64Array, market: number, count: number): void {
    const index = this.#index;
    const fetched = this.#fetched;
    for (let at = 0; at < count; at++) {
      const home = index.start(hashNumber(accounts[at] as number, market));
      fetched[at] = Math.max(index.slotAt(home), 0);
    }
    for (let at = 0; at < count; at++) {
      const slot = fetched[at] as number;
      fetched[at] = this.openBuyLots(slot) + this.firstOrder(slot);
    }
  }

  create(account: number, market: number, baseBalance: number, quoteBalance: number): number {
    const slot = this.#count++;
    if (slot * FLOATS === this.#floats.length) {
      this.#floats = grown(this.#floats, 2 * this.#floats.length);
      this.#ints = grown(this.#ints, 2 * this.#ints.length);
    }
    this.#floats[slot * FLOATS + ACCOUNT] = account;
    this.#ints[slot * INTS + MARKET] = market;
    this.#ints[slot * INTS + BASE_BALANCE] = baseBalance;
    this.#ints[slot * INTS + QUOTE_BALANCE] = quoteBalance;
    this.#ints[slot * INTS + FIRST_ORDER] = -1;
    this.#index.insert(hashNumber(account, market), slot);
    return slot;
  }

  account(slot: number): number {
    return this.#floats[slot * FLOATS + ACCOUNT] as number;
  }

  market(slot: number): number {
    return this.#ints[slot * INTS + MARKET] as number;
  }

  baseBalance(slot: number): number {
    return this.#ints[slot * INTS + BASE_BALANCE] as number;
  }

  quoteBalance(slot: number): number {
    return this.#ints[slot * INTS + QUOTE_BALANCE] as number;
  }

  /** The first of its open orders, which are linked; -1 for none. */
  firstOrder(slot: number): number {
    return this.#ints[slot * INTS + FIRST_ORDER] as number;
  }

  setFirstOrder(slot: number, order: number): void {
    this.#ints[slot * INTS + FIRST_ORDER] = order;
  }

  /** Remaining lots of its open BUY orders. */
  openBuyLots(slot: number): number {
    return this.#floats[slot * FLOATS + OPEN_BUY_LOTS] as number;
  }

  addOpenBuyLots(slot: number, lots: number): void {
    this.#floats[slot * FLOATS + OPEN_BUY_LOTS] = this.openBuyLots(slot) + lots;
  }

  openOrders(slot: number): number {
    return this.#ints[slot * INTS + OPEN_ORDERS] as number;
  }

  openAlgoOrders(slot: number): number {
    return this.#ints[slot * INTS + OPEN_ALGO_ORDERS] as number;
  }

  openIcebergOrders(slot: number): number {
    return this.#ints[slot * INTS + OPEN_ICEBERG_ORDERS] as number;
  }

  openLists(slot: number): number {
    return this.#ints[slot * INTS + OPEN_LISTS] as number;
  }

  addOpenLists(slot: number, count: number): void {
    this.#ints[slot * INTS + OPEN_LISTS] = this.openLists(slot) + count;
  }

  /** Counts one order more (1) or less (-1). */
  countOrder(slot: number, change: 1 | -1, isAlgo: boolean, isIceberg: boolean): void {
    const i = slot * INTS;
    this.#ints[i + OPEN_ORDERS] = this.openOrders(slot) + change;
    if (isAlgo) this.#ints[i + OPEN_ALGO_ORDERS] = this.openAlgoOrders(slot) + change;
    if (isIceberg) this.#ints[i + OPEN_ICEBERG_ORDERS] = this.openIcebergOrders(slot) + change;
  }
}
