import type { EngineState, RememberedClientOrderId } from "../engine-state.ts";
import type { AccountId } from "../ids.ts";
import { type ByteReader, DecodingError } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { readRows, Table, writeRows } from "./table.ts";

/** Place, account, the length of the text; behind each block the texts. */
export const OTHER_COLUMNS = 3;

const timesTable = new Table(1);
const othersTable = new Table(OTHER_COLUMNS);

type Id = Omit<RememberedClientOrderId, "time">;

const utf8 = new TextEncoder();

/**
 * The remembered client order ids of a state as they stand in a snapshot: their times, oldest first; then those that are no open order's, with their places. Of the others the orders themselves
 * tell the place, so that each text stands once.
 */
export class RememberedIdsWritten {
  readonly #times: readonly number[];
  readonly #others: readonly (Id & { readonly place: number })[];
  readonly #places: ReadonlyMap<string, number>;

  constructor({ clientOrderIds, markets }: EngineState) {
    this.#times = clientOrderIds.map(({ time }) => time);
    this.#places = new Map(clientOrderIds.map((id, place) => [keyOf(id), place]));
    const told = new Set(
      markets.flatMap(({ bids, asks, waiting, pending }) =>
        [bids, asks, waiting, pending].flatMap((orders) =>
          orders.map((order) => this.#places.get(keyOf(order))),
        ),
      ),
    );
    this.#others = clientOrderIds
      .map((id, place) => ({ ...id, place }))
      .filter(({ place }) => !told.has(place));
  }

  /** One more than the place of an order's; 0 if it is not remembered. */
  numberOf(order: Id): number {
    return (this.#places.get(keyOf(order)) ?? -1) + 1;
  }

  write(writer: ByteWriter): void {
    writeRows(writer, timesTable, this.#times, [(time) => time]);
    writeRows(
      writer,
      othersTable,
      this.#others,
      [({ place }) => place, ({ account }) => account, ({ clientOrderId }) => sizeOf(clientOrderId)],
      ({ clientOrderId }) => writer.raw(utf8.encode(clientOrderId)),
    );
  }
}

/** What was read of them, until all are told. */
export class RememberedIdsRead {
  readonly #times: readonly number[];
  readonly #ids: (RememberedClientOrderId | undefined)[];

  constructor(reader: ByteReader) {
    this.#times = readRows(reader, timesTable, ([time], row) => time?.[row] as number);
    this.#ids = this.#times.map(() => undefined);
    let last = -1;
    readRows(reader, othersTable, ([places, account, size], row) => {
      const place = places?.[row] as number;
      if (place <= last) throw new DecodingError("remembered client order ids do not stand by place");
      last = place;
      const clientOrderId = reader.textOf(size?.[row] as number);
      this.tell(place + 1, { account: account?.[row] as AccountId, clientOrderId });
    });
  }

  /** An id has the place before this number; none if that is 0. */
  tell(number: number, { account, clientOrderId }: Id): void {
    if (number === 0) return;
    const place = number - 1;
    const time = this.#times[place];
    if (time === undefined || this.#ids[place] !== undefined)
      throw new DecodingError("a client order id has no place of its own");
    this.#ids[place] = { account, clientOrderId, time };
  }

  /** All of them, oldest first, once all orders were read. */
  all(): RememberedClientOrderId[] {
    const ids = this.#ids.filter((id) => id !== undefined);
    if (ids.length !== this.#ids.length) throw new DecodingError("a client order id is missing");
    return ids;
  }
}

/** How many bytes a text has. */
export function sizeOf(text: string): number {
  return utf8.encode(text).length;
}

function keyOf({ account, clientOrderId }: Id): string {
  return `${account} ${clientOrderId}`;
}
