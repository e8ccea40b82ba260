import type { DatabaseSync } from "node:sqlite";
import type { Backlog, QueueSettings } from "#shared/ports/event-bus.ts";
import type { Consumer } from "#shared/protocol/bus/consumers.ts";
import { type CheckedRecord, checkedBytes } from "../checked-record.ts";

/** What was taken from a queue at once. */
export interface Taken {
  readonly runs: readonly Received[];
  /** It was cut off: there is more that could be taken. */
  readonly isFull: boolean;
}

/** Bytes that are taken at once, if it is more than one run: some thousand events, which a handler does in one go. */
const TAKEN_BYTES_MAX = 512 * 1024;

/** A run that was taken from a queue. */
export interface Received {
  readonly place: number;
  readonly name: string;
  readonly text: string;
  readonly receives: number;
}

/** One consumer's queue, as rows: a line is what is kept in order (a topic's group). */
export class SqliteBusQueue {
  readonly #file: string;
  readonly #settings: QueueSettings;
  readonly #consumer: Consumer;
  readonly #select;
  readonly #take;
  readonly #kill;
  readonly #remove;
  readonly #count;
  readonly #dead;
  readonly #revive;

  constructor(database: DatabaseSync, file: string, consumer: Consumer, settings: QueueSettings) {
    this.#file = file;
    this.#consumer = consumer;
    this.#settings = settings;
    this.#select = database.prepare(
      `SELECT * FROM messages AS message WHERE queue = ?1 AND isDead = 0 AND NOT EXISTS
         (SELECT 1 FROM messages AS held WHERE held.queue = ?1 AND held.isDead = 0 AND held.line = message.line AND held.visibleAt > ?2)
       ORDER BY place LIMIT ?3`,
    );
    this.#take = database.prepare(
      "UPDATE messages SET receives = receives + 1, visibleAt = ? WHERE place = ?",
    );
    this.#kill = database.prepare("UPDATE messages SET isDead = 1, visibleAt = 0 WHERE place = ?");
    this.#remove = database.prepare("DELETE FROM messages WHERE place = ?");
    this.#count = database.prepare(
      `SELECT count(*) FILTER (WHERE isDead = 0 AND visibleAt <= ?2) AS waiting, count(*) FILTER (WHERE isDead = 0 AND visibleAt > ?2) AS inFlight,
         count(*) FILTER (WHERE isDead = 1) AS dead, min(sentAt) FILTER (WHERE isDead = 0) AS oldest,
         min(sentAt) FILTER (WHERE isDead = 1) AS oldestDead FROM messages WHERE queue = ?1`,
    );
    this.#dead = database.prepare(
      "SELECT * FROM messages WHERE queue = ? AND isDead = 1 ORDER BY place LIMIT ?",
    );
    this.#revive = database.prepare(
      `UPDATE messages SET isDead = 0, receives = 0, visibleAt = 0 WHERE place IN
         (SELECT place FROM messages WHERE queue = ? AND isDead = 1 ORDER BY place LIMIT ?)`,
    );
  }

  /** Takes the next runs, at most so many, whose lines are free; those that were delivered too often go to the dead ones instead. In a transaction of the caller's. */
  receive(now: number, limit: number): Taken {
    const { receivesMax, visibilitySeconds } = this.#settings;
    for (;;) {
      const rows = this.#select.all(this.#consumer, now, limit) as unknown as Row[];
      const spent = rows.filter(({ receives }) => receives >= receivesMax);
      for (const { place } of spent) this.#kill.run(place);
      if (rows.length > 0 && spent.length === rows.length) continue;
      const live = rows.filter(({ receives }) => receives < receivesMax);
      const fitting = live.slice(0, fittingCount(live));
      for (const { place } of fitting) this.#take.run(now + visibilitySeconds * 1000, place);
      return {
        runs: fitting.map((row) => ({ ...this.#read(row), receives: row.receives + 1 })),
        isFull: rows.length === limit || fitting.length < live.length,
      };
    }
  }

  remove(places: readonly number[]): void {
    for (const place of places) this.#remove.run(place);
  }

  backlog(now: number): Backlog {
    const counted = this.#count.get(this.#consumer, now) as unknown as Counted;
    const { waiting, inFlight, dead, oldest, oldestDead } = counted;
    return {
      waiting,
      inFlight,
      dead,
      ...(oldest === null ? {} : { oldestMs: Math.max(0, now - oldest) }),
      ...(oldestDead === null ? {} : { oldestDeadMs: Math.max(0, now - oldestDead) }),
    };
  }

  dead(limit: number): readonly Received[] {
    return (this.#dead.all(this.#consumer, limit) as unknown as Row[]).map((row) => this.#read(row));
  }

  redrive(limit: number): number {
    return Number(this.#revive.run(this.#consumer, limit).changes);
  }

  #read(row: Row): Received {
    const bytes = checkedBytes(row, this.#file, `the message ${row.name}`);
    return {
      place: row.place,
      name: row.name,
      text: new TextDecoder().decode(bytes),
      receives: row.receives,
    };
  }
}

/** How many rows from the front are taken at once: one at least. */
function fittingCount(rows: readonly Row[]): number {
  let bytes = 0;
  const tooMany = rows.findIndex((row, at) => {
    bytes += row.bytes.length;
    return at > 0 && bytes > TAKEN_BYTES_MAX;
  });
  return tooMany === -1 ? rows.length : tooMany;
}

interface Counted {
  readonly waiting: number;
  readonly inFlight: number;
  readonly dead: number;
  /** When they were sent, epoch ms. */
  readonly oldest: number | null;
  readonly oldestDead: number | null;
}

interface Row extends CheckedRecord {
  readonly place: number;
  readonly name: string;
  readonly receives: number;
}
