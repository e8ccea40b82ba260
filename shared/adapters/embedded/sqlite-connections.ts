import type { OrderId } from "#shared/domain/ids.ts";
import type { Connections, DoorConnection, WaitingConnection } from "#shared/ports/connections.ts";
import { type DatabaseFile, openDatabase } from "./open-database.ts";

const SCHEMA = {
  version: 2,
  statements: `
    CREATE TABLE open (
      connectionId TEXT PRIMARY KEY, account INTEGER NOT NULL, via TEXT NOT NULL, credential BLOB NOT NULL, expiresAt INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX open_by_end ON open (expiresAt);
    CREATE TABLE waiting (
      orderId INTEGER NOT NULL, connectionId TEXT NOT NULL, account INTEGER NOT NULL, clientOrderId TEXT NOT NULL, expiresAt INTEGER NOT NULL,
      PRIMARY KEY (orderId, connectionId)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX waiting_by_connection ON waiting (connectionId);
    CREATE INDEX waiting_by_end ON waiting (expiresAt)`,
};

/** Opens the connections of the serverless door. */
export function openSqliteConnections(options: DatabaseFile): Connections {
  const database = openDatabase(options, SCHEMA);
  const statements = {
    open: database.prepare("INSERT OR REPLACE INTO open VALUES (?, ?, ?, ?, ?)"),
    connection: database.prepare("SELECT * FROM open WHERE connectionId = ?"),
    add: database.prepare("INSERT OR IGNORE INTO waiting VALUES (?, ?, ?, ?, ?)"),
    of: database.prepare("SELECT * FROM waiting WHERE orderId = ? ORDER BY connectionId"),
    finish: database.prepare("UPDATE waiting SET expiresAt = min(expiresAt, ?) WHERE orderId = ?"),
  };
  const removals = ["open", "waiting"].map((table) => ({
    connection: database.prepare(`DELETE FROM ${table} WHERE connectionId = ?`),
    expired: database.prepare(`DELETE FROM ${table} WHERE expiresAt < ?`),
  }));
  return {
    open: async ({ connectionId, account, via, credential, expiresAt }) => {
      statements.open.run(connectionId, account, via, credential, expiresAt);
    },
    connection: async (connectionId) => {
      const row = statements.connection.get(connectionId);
      return row && ({ ...row } as unknown as DoorConnection);
    },
    add: async ({ orderId, connectionId, account, clientOrderId, expiresAt }) => {
      statements.add.run(orderId, connectionId, account, clientOrderId, expiresAt);
    },
    of: async (orderId: OrderId) =>
      statements.of.all(orderId).map((row) => ({ ...row }) as unknown as WaitingConnection),
    finish: async (orderId, expiresAt) => {
      statements.finish.run(expiresAt, orderId);
    },
    removeConnection: async (connectionId) => {
      for (const { connection } of removals) connection.run(connectionId);
    },
    forgetExpired: async (now) => {
      for (const { expired } of removals) expired.run(now);
    },
    close: async () => {
      if (database.isOpen) database.close();
    },
  };
}
