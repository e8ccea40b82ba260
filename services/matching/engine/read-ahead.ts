import { DETAILS_ROW, ORDER_ROW } from "../book/orders.ts";
import { hashNumber } from "../flat/hash.ts";
import { hashOfClientOrderId } from "./client-order-ids.ts";
import { OrderReader } from "./order-reader.ts";
import { ReadCommand } from "./read-command.ts";
import type { Shard } from "./shard.ts";

// Constants of this module, which the compiler folds: see ORDER_ROW.
const { INT_SHIFT, PREVIOUS, NEXT } = ORDER_ROW;
const { CLIENT_ORDER_ID, OWN_NEXT, OWN_PREVIOUS } = DETAILS_ROW;

/** How many records are read ahead at most: what the first of many more needs would be out of the cache again. */
const MOST = 32;

/**
 * The records that come next, read ahead of their turn, and with them the memory that they will need. A fold whose tables are larger than the processor's caches waits for memory several
 * times a command, one wait after the other. Here each table is read for all the records in one loop of a few instructions, so that the processor has many of these reads under way at the
 * same time, and each command finds what it needs at hand. Nothing is decided here: whether an id is known, or an order open, is looked up in its turn.
 */
export class ReadAhead {
  readonly #shard: Shard;
  readonly #reader: OrderReader;
  /** Made when first needed: a fold that is only brought to some place, or takes records one by one, needs few. */
  readonly #records: ReadCommand[] = [];
  readonly #single = new ReadCommand();
  /** How many were read, and how many of those had their turn. */
  #count = 0;
  #taken = 0;
  /** Hashes by which the records' things are found; then slots. */
  readonly #commands = new Int32Array(MOST);
  readonly #placed = new Int32Array(MOST);
  readonly #clientOrderIds = new Int32Array(MOST);
  readonly #canceled = new Int32Array(MOST);
  readonly #queued = new Int32Array(2 * MOST);
  readonly #own = new Int32Array(2 * MOST);

  constructor(shard: Shard) {
    this.#shard = shard;
    this.#reader = new OrderReader(shard);
  }

  /** Takes the record at `start` … `end` up. After `MOST` of them the rest is passed over until all had their turn. */
  expect(bytes: Uint8Array, start: number, end: number): void {
    if (this.#taken > 0) this.forget();
    if (this.#count === MOST) return;
    this.#records[this.#count] ??= new ReadCommand();
    const record = this.#records[this.#count++] as ReadCommand;
    this.#read(record, bytes, start, end);
  }

  /** The record at `start` … `end`, whose turn has come: as it was read ahead, if it was. */
  take(bytes: Uint8Array, start: number, end: number): ReadCommand {
    if (this.#taken < this.#count) {
      if (this.#taken === 0) this.#fetch();
      const record = this.#records[this.#taken++] as ReadCommand;
      if (record.bytes === bytes && record.start === start && record.end === end) return record;
      this.forget();
    }
    this.#read(this.#single, bytes, start, end);
    return this.#single;
  }

  /** What was read ahead is read anew in its turn: a command came that may change what records mean (the branch, the markets). */
  forget(): void {
    this.#count = 0;
    this.#taken = 0;
  }

  /** The shard has gone over to another branch. */
  follow(branch: string): void {
    this.#reader.follow(branch);
  }

  #read(record: ReadCommand, bytes: Uint8Array, start: number, end: number): void {
    record.bytes = bytes;
    record.start = start;
    record.end = end;
    record.found = this.#reader.read(bytes, start, end, record);
  }

  /** Reads from the memory that the records need. */
  #fetch(): void {
    const { commands, clientOrderIds, book } = this.#shard;
    const { orders } = book;
    let places = 0;
    let cancels = 0;
    for (let at = 0; at < this.#count; at++) {
      const { found, hash, orderId, account, terms } = this.#records[at] as ReadCommand;
      this.#commands[at] = hash;
      if (found === "PlaceOrder") {
        this.#placed[places] = hashNumber(terms.orderId);
        this.#clientOrderIds[places++] = hashOfClientOrderId(account, terms.clientOrderIdWord);
      } else if (found === "CancelOrder") this.#canceled[cancels++] = hashNumber(orderId);
    }
    commands.fetchPlaces(this.#commands, this.#count);
    orders.fetchPlaces(this.#placed, places);
    clientOrderIds.fetchPlaces(this.#clientOrderIds, places);
    orders.fetchPlaces(this.#canceled, cancels);
    orders.fetchRows(this.#canceled, cancels);
    orders.fetchDetails(this.#canceled, cancels);
    this.#fetchNeighbours(cancels);
  }

  /** What a cancel touches beside the order itself: those before and behind it in its queue and among those of its account, and its client order id. */
  #fetchNeighbours(cancels: number): void {
    const { orders } = this.#shard.book;
    const { ints } = orders.rows;
    const { ints: details } = orders.details;
    const canceled = this.#canceled;
    const entries = this.#clientOrderIds;
    const queued = this.#queued;
    const own = this.#own;
    for (let at = 0; at < cancels; at++) {
      const i = (canceled[at] as number) << INT_SHIFT;
      entries[at] = Math.max(details[i | CLIENT_ORDER_ID] as number, 0);
      queued[2 * at] = Math.max(ints[i | PREVIOUS] as number, 0);
      queued[2 * at + 1] = Math.max(ints[i | NEXT] as number, 0);
      own[2 * at] = Math.max(details[i | OWN_PREVIOUS] as number, 0);
      own[2 * at + 1] = Math.max(details[i | OWN_NEXT] as number, 0);
    }
    this.#shard.clientOrderIds.fetch(entries, cancels);
    orders.fetchRows(queued, 2 * cancels);
    orders.fetchDetails(own, 2 * cancels);
  }
}
