import type { OrderId } from "#shared/domain/ids.ts";
import type { Connections, WaitingConnection } from "#shared/ports/connections.ts";
import { type DatabaseFile, openDatabase } from "./open-database.ts";

const SCHEMA = {
  version: 1,
  statements: `
    CREATE TABLE connections (
      orderId INTEGER NOT NULL, connectionId TEXT NOT NULL, account INTEGER NOT NULL, expiresAt INTEGER NOT NULL, PRIMARY KEY (orderId, connectionId)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX connections_by_id ON connections (connectionId);
    CREATE INDEX connections_by_end ON connections (expiresAt)`,
};

/** Opens the connections of the serverless door. */
export function openSqliteConnections(options: DatabaseFile): Connections {
  const database = openDatabase(options, SCHEMA);
  const add = database.prepare("INSERT OR IGNORE INTO connections VALUES (?, ?, ?, ?)");
  const select = database.prepare(
    "SELECT orderId, connectionId, account, expiresAt FROM connections WHERE orderId = ? ORDER BY connectionId",
  );
  const removeOrder = database.prepare("DELETE FROM connections WHERE orderId = ?");
  const removeConnection = database.prepare("DELETE FROM connections WHERE connectionId = ?");
  const forget = database.prepare("DELETE FROM connections WHERE expiresAt < ?");
  return {
    add: async ({ orderId, connectionId, account, expiresAt }) => {
      add.run(orderId, connectionId, account, expiresAt);
    },
    of: async (orderId: OrderId) =>
      select.all(orderId).map((row) => ({ ...row }) as unknown as WaitingConnection),
    removeOrder: async (orderId) => {
      removeOrder.run(orderId);
    },
    removeConnection: async (connectionId) => {
      removeConnection.run(connectionId);
    },
    forgetExpired: async (now) => {
      forget.run(now);
    },
    close: async () => {
      if (database.isOpen) database.close();
    },
  };
}
