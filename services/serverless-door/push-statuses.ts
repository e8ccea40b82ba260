import type { OrderId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { ConnectionPoster } from "#shared/ports/connection-poster.ts";
import type { Connections, WaitingConnection } from "#shared/ports/connections.ts";
import type { BusHandler } from "#shared/ports/event-bus.ts";
import { inPool } from "#shared/ports/in-pool.ts";
import type { EventName } from "#shared/protocol/bus/event-name.ts";
import { doorStatuses, type MarketsById, type OrderStatus } from "./door-statuses.ts";

export interface PushStatusesDependencies {
  readonly connections: Pick<Connections, "of" | "finish" | "removeConnection">;
  readonly poster: ConnectionPoster;
  readonly markets: MarketsById;
  readonly clock: Clock;
}

/** An order's events come over different topics, which do not wait for each other: a fill may follow the expiry of the rest. */
const LINGER_SECONDS = 60;
/** Orders of a batch that are looked up at a time. */
const LOOKUPS_MAX = 32;

/**
 * Tells whoever waits at the serverless door what became of an order, as a consumer of the bus. A connection that is gone is forgotten; one that cannot be written to for now is tried again with its message. What a client is told twice has the
 * same name.
 */
export function pushStatuses({ connections, poster, markets, clock }: PushStatusesDependencies): BusHandler {
  const push = async ({ orderId, account, status }: OrderStatus, waiting: readonly WaitingConnection[]) => {
    const now = Math.floor(clock.now() / 1000);
    let isTold = true;
    for (const one of waiting) {
      if (one.account !== account || one.expiresAt < now) continue;
      const text = JSON.stringify({ ...status, orderId: one.clientOrderId });
      const sent = await poster.post(one.connectionId, text);
      if (sent === "gone") await connections.removeConnection(one.connectionId);
      if (sent === "failed") isTold = false;
    }
    if (isTold && waiting.length > 0 && status.ended && status.final)
      await connections.finish(orderId, now + LINGER_SECONDS);
    return isTold;
  };
  return async (deliveries) => {
    const told = deliveries.map(({ message }) => ({ message, statuses: doorStatuses(message, markets) }));
    // Most orders are nobody's here: all are looked up before.
    const ids = [...new Set(told.flatMap(({ statuses }) => statuses.map(({ orderId }) => orderId)))];
    const waiting = new Map<OrderId, readonly WaitingConnection[]>();
    await inPool(LOOKUPS_MAX, ids, async (orderId) => {
      waiting.set(orderId, await connections.of(orderId));
    });
    const failed: EventName[] = [];
    for (const { message, statuses } of told)
      for (const status of statuses)
        if (!(await push(status, waiting.get(status.orderId) ?? []))) failed.push(message.name);
    return { failed };
  };
}
