import { DETAILS_ROW, ORDER_ROW } from "../book/orders.ts";
import { hashNumber } from "../flat/hash.ts";
import { hashOfWords } from "./command-memory.ts";
import { CANCEL_ORDER, ID_BYTES, PLACE_ORDER, SHORTEST, sizeOf, uintAt, wordAt } from "./record-parts.ts";
import type { Shard } from "./shard.ts";

// Constants of this module, which the compiler folds: see ORDER_ROW.
const { INTS, PREVIOUS, NEXT } = ORDER_ROW;
const { CLIENT_ORDER_ID, OWN_NEXT, OWN_PREVIOUS } = DETAILS_ROW;

/** How many records are read ahead at most; of more than that the first would be out of the cache again. */
export const MOST_AHEAD = 32;

/**
 * Reads from the memory that the next commands will need. A fold whose tables are larger than the processor's caches waits for memory several times a command, one wait after the
 * other. Here the hashes of many commands are computed first; then each table is read for all of them in a loop of a few instructions, whose reads the processor has under way at the same time.
 * It changes nothing and decides nothing: a record that it does not understand, or misunderstands, is folded just the same.
 */
export class ReadAhead {
  readonly #shard: Shard;
  /** Hashes by which the records' things are found; then slots. */
  readonly #commands = new Int32Array(MOST_AHEAD);
  readonly #deposits = new Int32Array(MOST_AHEAD);
  readonly #placed = new Int32Array(MOST_AHEAD);
  readonly #clientOrderIds = new Int32Array(MOST_AHEAD);
  readonly #canceled = new Int32Array(MOST_AHEAD);
  readonly #neighbours = new Int32Array(5 * MOST_AHEAD);
  #count = 0;
  #places = 0;
  #cancels = 0;

  constructor(shard: Shard) {
    this.#shard = shard;
  }

  /** How many records wait to be read ahead. */
  get count(): number {
    return this.#count;
  }

  /** Takes the record at `start` … `end` up; those beyond `MOST_AHEAD` it passes over. `branch` is the present branch as an encoded text. */
  add(bytes: Uint8Array, start: number, end: number, branch: Uint8Array, market: Uint8Array): void {
    if (this.#count === MOST_AHEAD || end - start < SHORTEST || end > bytes.length) return;
    const hash = hashOfWords(
      wordAt(bytes, start + 1),
      wordAt(bytes, start + 5),
      wordAt(bytes, start + 9),
      wordAt(bytes, start + 13),
    );
    this.#commands[this.#count] = hash;
    this.#deposits[this.#count++] = hash;
    let at = start + 1 + ID_BYTES + branch.length;
    at += sizeOf(uintAt(bytes, at, end));
    if (at >= end) return;
    const tag = bytes[at++];
    if (tag !== PLACE_ORDER && tag !== CANCEL_ORDER) return;
    const account = uintAt(bytes, at, end);
    at += sizeOf(account) + market.length;
    const orderId = uintAt(bytes, at, end);
    if (orderId < 0) return;
    if (tag === CANCEL_ORDER) this.#canceled[this.#cancels++] = hashNumber(orderId);
    else {
      at += sizeOf(orderId);
      this.#placed[this.#places] = hashNumber(orderId);
      this.#clientOrderIds[this.#places++] = hashNumber(account, textWordAt(bytes, at, end));
    }
  }

  /** Reads for all records taken up, and forgets them. */
  fetch(): void {
    const { commands, deposits, clientOrderIds, book } = this.#shard;
    const { orders } = book;
    commands.fetch(this.#commands, this.#count);
    deposits.fetch(this.#deposits, this.#count);
    orders.fetchPlaces(this.#placed, this.#places);
    orders.fetchPlaces(this.#canceled, this.#cancels);
    clientOrderIds.fetchPlaces(this.#clientOrderIds, this.#places);
    orders.fetchRows(this.#canceled, this.#cancels);
    this.#fetchNeighbours();
    this.#count = 0;
    this.#places = 0;
    this.#cancels = 0;
  }

  /** What a cancel touches beside the order itself: those before and behind it in its queue and among those of its account, and its client order id. */
  #fetchNeighbours(): void {
    const { orders } = this.#shard.book;
    const { ints } = orders.rows;
    const { ints: details } = orders.details;
    const canceled = this.#canceled;
    const entries = this.#clientOrderIds;
    const neighbours = this.#neighbours;
    const count = this.#cancels;
    for (let at = 0; at < count; at++) {
      const i = (canceled[at] as number) * INTS;
      entries[at] = Math.max(details[i + CLIENT_ORDER_ID] as number, 0);
      neighbours[4 * at] = Math.max(ints[i + PREVIOUS] as number, 0);
      neighbours[4 * at + 1] = Math.max(ints[i + NEXT] as number, 0);
      neighbours[4 * at + 2] = Math.max(details[i + OWN_PREVIOUS] as number, 0);
      neighbours[4 * at + 3] = Math.max(details[i + OWN_NEXT] as number, 0);
    }
    this.#shard.clientOrderIds.fetch(entries, count);
    orders.fetchRows(neighbours, 4 * count);
  }
}

/** The hash, as `textWord`, of an encoded text at a place; of any bytes, if there is none. */
function textWordAt(bytes: Uint8Array, start: number, end: number): number {
  let word = 0x811c9dc5;
  if (start >= end) return word;
  const last = Math.min(start + (bytes[start] as number), end - 1);
  for (let at = start + 1; at <= last; at++) word = Math.imul(word ^ (bytes[at] as number), 0x01000193);
  return word;
}
