/** Queues, what was sent lately, and how far each shard was handed over: one file. */
export const BUS_SCHEMA = {
  version: 1,
  statements: `
    CREATE TABLE messages (
      place INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, line TEXT NOT NULL, name TEXT NOT NULL, bytes BLOB NOT NULL, crc INTEGER NOT NULL,
      sentAt INTEGER NOT NULL, receives INTEGER NOT NULL DEFAULT 0, visibleAt INTEGER NOT NULL DEFAULT 0, isDead INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX messages_waiting ON messages (queue, isDead, place);
    CREATE INDEX messages_lines ON messages (queue, isDead, line, visibleAt);
    CREATE TABLE recent (name TEXT PRIMARY KEY, sentAt INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX recent_age ON recent (sentAt);
    CREATE TABLE positions (shard TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
};
