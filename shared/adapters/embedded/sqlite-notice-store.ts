import type { DatabaseSync } from "node:sqlite";
import type { AccountId } from "#shared/domain/ids.ts";
import type {
  NewNotice,
  Notice,
  NoticeChannel,
  NoticeStore,
  NoticeSubscription,
} from "#shared/ports/notice-store.ts";
import type { EventName } from "#shared/protocol/bus/event-name.ts";
import { type DatabaseFile, openDatabase, transaction } from "./open-database.ts";

const SCHEMA = {
  version: 1,
  statements: `
    CREATE TABLE subscriptions (
      id TEXT PRIMARY KEY, account INTEGER NOT NULL, channel TEXT NOT NULL, target TEXT NOT NULL, secret TEXT NOT NULL, kinds TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX subscriptions_account ON subscriptions (account);
    CREATE TABLE notices (
      place INTEGER PRIMARY KEY AUTOINCREMENT, subscription TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
      state TEXT NOT NULL DEFAULT 'waiting', attempts INTEGER NOT NULL DEFAULT 0, dueAt INTEGER NOT NULL, changedAt INTEGER NOT NULL,
      UNIQUE (subscription, name)
    ) STRICT;
    CREATE INDEX notices_waiting ON notices (state, subscription, place);
    CREATE INDEX notices_age ON notices (state, changedAt)`,
};

export interface NoticeStoreOptions extends DatabaseFile {
  /** Notices that may wait for one subscription. */
  readonly waitingMax?: number;
}

const WAITING_MAX = 10_000;
/** Names are known for longer than any queue keeps a message: it brings none of them again. */
const REMEMBER_MS = 15 * 24 * 60 * 60_000;

export function openSqliteNoticeStore(options: NoticeStoreOptions): NoticeStore {
  return new SqliteNoticeStore(openDatabase(options, SCHEMA), options.waitingMax ?? WAITING_MAX);
}

class SqliteNoticeStore implements NoticeStore {
  readonly #database: DatabaseSync;
  readonly #waitingMax: number;

  constructor(database: DatabaseSync, waitingMax: number) {
    this.#database = database;
    this.#waitingMax = waitingMax;
  }

  async subscribe({ id, account, channel, target, secret, kinds }: NoticeSubscription): Promise<void> {
    this.#database
      .prepare(
        "INSERT OR REPLACE INTO subscriptions (id, account, channel, target, secret, kinds) VALUES (?, ?, ?, ?, ?, ?)",
      )
      .run(id, account, channel, target, secret, JSON.stringify(kinds));
  }

  async unsubscribe(account: AccountId, id: string): Promise<boolean> {
    return transaction(this.#database, () => {
      const { changes } = this.#database
        .prepare("DELETE FROM subscriptions WHERE account = ? AND id = ?")
        .run(account, id);
      if (changes === 0) return false;
      this.#database.prepare("DELETE FROM notices WHERE subscription = ? AND state = 'waiting'").run(id);
      return true;
    });
  }

  async subscriptionsOf(account: AccountId): Promise<readonly NoticeSubscription[]> {
    const rows = this.#database
      .prepare("SELECT * FROM subscriptions WHERE account = ? ORDER BY id")
      .all(account);
    return rows.map((row) => subscriptionOf(row as unknown as SubscriptionRow));
  }

  async add(notices: readonly NewNotice[], now: number): Promise<number> {
    const waiting = this.#database.prepare(
      "SELECT count(*) AS count FROM notices WHERE state = 'waiting' AND subscription = ?",
    );
    const insert = this.#database.prepare(
      "INSERT OR IGNORE INTO notices (subscription, name, body, dueAt, changedAt) VALUES (?, ?, ?, ?, ?)",
    );
    return transaction(this.#database, () => {
      this.#database
        .prepare("DELETE FROM notices WHERE state <> 'waiting' AND changedAt < ?")
        .run(now - REMEMBER_MS);
      let added = 0;
      for (const { subscription, name, body } of notices) {
        if (Number(waiting.get(subscription)?.count) >= this.#waitingMax) continue;
        added += Number(insert.run(subscription, name, body, now, now).changes);
      }
      return added;
    });
  }

  async due(now: number, limit: number, holdMs: number): Promise<readonly Notice[]> {
    const hold = this.#database.prepare("UPDATE notices SET dueAt = ? WHERE place = ?");
    const rows = transaction(this.#database, () => {
      const due = this.#database
        .prepare(
          `SELECT notices.*, account, channel, target, secret, kinds FROM notices JOIN subscriptions ON subscriptions.id = notices.subscription
           WHERE place IN (SELECT min(place) FROM notices WHERE state = 'waiting' GROUP BY subscription) AND dueAt <= ? ORDER BY place LIMIT ?`,
        )
        .all(now, limit) as unknown as NoticeRow[];
      if (holdMs > 0) for (const { place } of due) hold.run(now + holdMs, place);
      return due;
    });
    return rows.map((row) => ({
      subscription: row.subscription,
      name: row.name as EventName,
      body: row.body,
      attempts: row.attempts,
      to: subscriptionOf({ ...row, id: row.subscription }),
    }));
  }

  async settle({ subscription, name }: Notice, result: "told" | "given-up", now: number): Promise<void> {
    this.#database
      .prepare(
        "UPDATE notices SET state = ?, changedAt = ?, attempts = attempts + 1, body = '' WHERE subscription = ? AND name = ?",
      )
      .run(result, now, subscription, name);
  }

  async postpone({ subscription, name }: Notice, dueAt: number): Promise<void> {
    this.#database
      .prepare("UPDATE notices SET dueAt = ?, attempts = attempts + 1 WHERE subscription = ? AND name = ?")
      .run(dueAt, subscription, name);
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }
}

interface SubscriptionRow {
  readonly id: string;
  readonly account: number;
  readonly channel: string;
  readonly target: string;
  readonly secret: string;
  readonly kinds: string;
}

interface NoticeRow extends Omit<SubscriptionRow, "id"> {
  readonly place: number;
  readonly subscription: string;
  readonly name: string;
  readonly body: string;
  readonly attempts: number;
}

function subscriptionOf({
  id,
  account,
  channel,
  target,
  secret,
  kinds,
}: SubscriptionRow): NoticeSubscription {
  return {
    id,
    account: account as AccountId,
    channel: channel as NoticeChannel,
    target,
    secret,
    kinds: JSON.parse(kinds) as string[],
  };
}
