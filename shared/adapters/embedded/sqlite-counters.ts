import { assert } from "#shared/domain/invariant.ts";
import type { Counters } from "#shared/ports/counters.ts";
import { type DatabaseFile, openDatabase } from "./open-database.ts";

/** Numbers are reserved durably in blocks, so that most calls touch no disk. What a crash leaves of a block is never used. */
const BLOCK = 1000;

const SCHEMA = {
  version: 1,
  statements: "CREATE TABLE counters (name TEXT PRIMARY KEY, reserved INTEGER NOT NULL) STRICT",
};

/** Opens the durable counters of a node. */
export function openSqliteCounters(options: DatabaseFile): Counters & { close(): void } {
  const database = openDatabase(options, SCHEMA);
  const reserve = database.prepare(
    `INSERT INTO counters VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET reserved = reserved + ?2 RETURNING reserved`,
  );
  const blocks = new Map<string, { next: number; end: number }>();
  return {
    take: (name, count) => {
      assert(count > 0 && count <= BLOCK, `one call takes 1 to ${BLOCK} numbers`);
      let block = blocks.get(name);
      if (block === undefined || block.end - block.next < count) {
        const reserved = Number(reserve.get(name, BLOCK)?.reserved);
        block = { next: reserved - BLOCK + 1, end: reserved + 1 };
        blocks.set(name, block);
      }
      const first = block.next;
      block.next += count;
      return first;
    },
    close: () => {
      if (database.isOpen) database.close();
    },
  };
}
