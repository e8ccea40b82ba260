import type { DatabaseSync } from "node:sqlite";
import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { FeedStand, FeedStands } from "#shared/ports/market-feed.ts";
import { type DatabaseFile, openDatabase } from "./open-database.ts";

const SCHEMA = {
  version: 1,
  statements:
    "CREATE TABLE stands (shard TEXT PRIMARY KEY, branch TEXT NOT NULL, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID",
};

/** Opens the stands of the market feed. */
export function openSqliteFeedStands(options: DatabaseFile): FeedStands {
  return new SqliteFeedStands(openDatabase(options, SCHEMA));
}

class SqliteFeedStands implements FeedStands {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async read(shard: ShardId): Promise<FeedStand | undefined> {
    const row = this.#database.prepare("SELECT branch, seq FROM stands WHERE shard = ?").get(shard);
    return row === undefined ? undefined : { branch: row.branch as BranchId, seq: row.seq as Seq };
  }

  async write(shard: ShardId, { branch, seq }: FeedStand): Promise<void> {
    this.#database.prepare("INSERT OR REPLACE INTO stands VALUES (?, ?, ?)").run(shard, branch, seq);
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}
