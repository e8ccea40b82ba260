import { grown, Slots } from "../flat/slots.ts";

const FLOATS = 10;
const STOP_PRICE = 0;
const TRAILING_DELTA = 1;
const ICEBERG_QUANTITY = 2;
const GOOD_TILL_DATE = 3;
const LIST_ID = 4;
const EXTREME = 5;
const PREVENTED = 6;
const LOCK_PRICE = 7;
const PAIR_LOCK = 8;
const WORKING_TIME = 9;

/** What only some orders have: triggers, icebergs, dates, lists, prevented quantities. */
export class Extras {
  readonly #slots = new Slots();
  #floats = new Float64Array(64 * FLOATS);

  /** A record of zeros, without a pair lock. */
  create(): number {
    const slot = this.#slots.take();
    if (slot * FLOATS === this.#floats.length) this.#floats = grown(this.#floats, 2 * this.#floats.length);
    this.#floats.fill(0, slot * FLOATS, (slot + 1) * FLOATS);
    this.#floats[slot * FLOATS + PAIR_LOCK] = -1;
    return slot;
  }

  drop(slot: number): void {
    this.#slots.giveBack(slot);
  }

  stopPrice(slot: number): number {
    return this.#floats[slot * FLOATS + STOP_PRICE] as number;
  }

  setStopPrice(slot: number, price: number): void {
    this.#floats[slot * FLOATS + STOP_PRICE] = price;
  }

  trailingDelta(slot: number): number {
    return this.#floats[slot * FLOATS + TRAILING_DELTA] as number;
  }

  setTrailingDelta(slot: number, delta: number): void {
    this.#floats[slot * FLOATS + TRAILING_DELTA] = delta;
  }

  icebergQuantity(slot: number): number {
    return this.#floats[slot * FLOATS + ICEBERG_QUANTITY] as number;
  }

  setIcebergQuantity(slot: number, quantity: number): void {
    this.#floats[slot * FLOATS + ICEBERG_QUANTITY] = quantity;
  }

  goodTillDate(slot: number): number {
    return this.#floats[slot * FLOATS + GOOD_TILL_DATE] as number;
  }

  setGoodTillDate(slot: number, date: number): void {
    this.#floats[slot * FLOATS + GOOD_TILL_DATE] = date;
  }

  listId(slot: number): number {
    return this.#floats[slot * FLOATS + LIST_ID] as number;
  }

  setListId(slot: number, listId: number): void {
    this.#floats[slot * FLOATS + LIST_ID] = listId;
  }

  extreme(slot: number): number {
    return this.#floats[slot * FLOATS + EXTREME] as number;
  }

  setExtreme(slot: number, price: number): void {
    this.#floats[slot * FLOATS + EXTREME] = price;
  }

  prevented(slot: number): number {
    return this.#floats[slot * FLOATS + PREVENTED] as number;
  }

  setPrevented(slot: number, quantity: number): void {
    this.#floats[slot * FLOATS + PREVENTED] = quantity;
  }

  lockPrice(slot: number): number {
    return this.#floats[slot * FLOATS + LOCK_PRICE] as number;
  }

  setLockPrice(slot: number, price: number): void {
    this.#floats[slot * FLOATS + LOCK_PRICE] = price;
  }

  /** What one of two OCO orders holds locked while both are open; -1 otherwise. */
  pairLock(slot: number): number {
    return this.#floats[slot * FLOATS + PAIR_LOCK] as number;
  }

  setPairLock(slot: number, amount: number): void {
    this.#floats[slot * FLOATS + PAIR_LOCK] = amount;
  }

  workingTime(slot: number): number {
    return this.#floats[slot * FLOATS + WORKING_TIME] as number;
  }

  setWorkingTime(slot: number, time: number): void {
    this.#floats[slot * FLOATS + WORKING_TIME] = time;
  }
}
