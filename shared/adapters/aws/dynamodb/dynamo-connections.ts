import type { OrderId } from "#shared/domain/ids.ts";
import type { Connections, WaitingConnection } from "#shared/ports/connections.ts";
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
    add: async (waiting) => {
      const row: Row = { ...waiting, pk: orderKey(waiting.orderId), sk: connectionKey(waiting.connectionId) };
      await dynamo.put("connections", row, IS_NEW);
    },
    of: async (orderId) =>
      (await of(orderId)).map(({ pk: _, sk: __, ...waiting }) => waiting as unknown as WaitingConnection),
    removeOrder: async (orderId) => dynamo.removeAll("connections", (await of(orderId)).map(keyOf)),
    removeConnection: async (connectionId) => {
      const rows = await dynamo.query("connections", {
        index: "byConnection",
        hash: ["sk", connectionKey(connectionId)],
        limit: TIES_MAX,
      });
      await dynamo.removeAll("connections", rows.map(keyOf));
    },
    forgetExpired: async () => {},
    close: async () => {},
  };
}

function orderKey(orderId: OrderId): string {
  return `ORDER#${orderId}`;
}

function connectionKey(connectionId: string): string {
  return `CONNECTION#${connectionId}`;
}

function keyOf(row: Row): Row {
  return { pk: textOf(row, "pk"), sk: textOf(row, "sk") };
}
