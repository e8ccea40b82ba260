import type { OrderId } from "#shared/domain/ids.ts";
import type { Connections, DoorConnection, WaitingConnection } from "#shared/ports/connections.ts";
import type { Dynamo } from "./dynamo.ts";
import { IS_NEW } from "./expressions.ts";
import { type Row, textOf } from "./row.ts";

/** What one order or connection may be tied to; the door allows far less. */
const TIES_MAX = 10_000;

/** Opens the connections of the serverless door. DynamoDB forgets those that expired by itself. */
export function openDynamoConnections({ dynamo }: { readonly dynamo: Dynamo }): Connections {
  const of = (orderId: OrderId) =>
    dynamo.query("connections", { hash: ["pk", orderKey(orderId)], limit: TIES_MAX });
  return {
    open: async (connection) => {
      await dynamo.put("connections", { ...connection, ...openKey(connection.connectionId) });
    },
    connection: async (connectionId) => {
      const row = await dynamo.get("connections", openKey(connectionId));
      return row && (contentOf(row) as unknown as DoorConnection);
    },
    add: async (waiting) => {
      const row: Row = { ...waiting, pk: orderKey(waiting.orderId), sk: connectionKey(waiting.connectionId) };
      await dynamo.put("connections", row, IS_NEW);
    },
    of: async (orderId) => (await of(orderId)).map((row) => contentOf(row) as unknown as WaitingConnection),
    finish: async (orderId, expiresAt) => {
      const condition = {
        expression: "attribute_exists(#pk) AND #expiresAt > :sooner",
        values: { sooner: expiresAt },
      };
      for (const row of await of(orderId))
        await dynamo.update("connections", keyOf(row), { set: { expiresAt }, condition });
    },
    removeConnection: async (connectionId) => {
      const rows = await dynamo.query("connections", {
        index: "byConnection",
        hash: ["sk", connectionKey(connectionId)],
        limit: TIES_MAX,
      });
      // The index may not know the connection itself yet.
      await dynamo.removeAll("connections", [
        openKey(connectionId),
        ...rows.map(keyOf).filter(({ pk }) => pk !== openKey(connectionId).pk),
      ]);
    },
    forgetExpired: async () => {},
    close: async () => {},
  };
}

function openKey(connectionId: string) {
  return { pk: `OPEN#${connectionId}`, sk: connectionKey(connectionId) };
}

function orderKey(orderId: OrderId): string {
  return `ORDER#${orderId}`;
}

function connectionKey(connectionId: string): string {
  return `CONNECTION#${connectionId}`;
}

function keyOf(row: Row) {
  return { pk: textOf(row, "pk"), sk: textOf(row, "sk") };
}

function contentOf({ pk: _, sk: __, ...content }: Row): Row {
  return content;
}
