import type { Command } from "#shared/domain/command.ts";
import type { Event, Outcome } from "#shared/domain/event.ts";
import type { BranchId, Seq, ShardId } from "#shared/domain/ids.ts";
import type { OutboxEntry } from "#shared/ports/outbox.ts";
import type { OutboxQueue } from "./outbox-queue.ts";
import { queuedList, queuedOrders } from "./queued-rows.ts";

/** The entries whose orders a command cancels and that were never sent: they can be taken back without asking the shard. */
export function cancelableInOutbox(
  pending: readonly OutboxEntry[],
  command: Command,
): readonly OutboxEntry[] {
  return pending.filter((entry) => entry.state === "queued" && isNamed(entry, command));
}

/** True for a cancel of an order, or of a list, that was sent already and of which its shard has not told yet. */
export function cancelsWhatWasSent(pending: readonly OutboxEntry[], command: Command): boolean {
  if (command.kind === "CancelAllOrders") return false;
  return pending.some((entry) => entry.state === "sent" && isNamed(entry, command));
}

/**
 * Takes orders back that wait in the outbox, with their lists; what that did, as the engine would tell it, but of no branch and no seq, for no fold has
 * seen it.
 */
export async function cancelInOutbox(
  queue: OutboxQueue,
  shard: ShardId,
  entries: readonly OutboxEntry[],
  now: number,
): Promise<Omit<Outcome, "commandId">> {
  // All at once: none may be sent while another is taken back.
  await Promise.all(entries.map((entry) => queue.end(entry, "canceled")));
  const events = entries.flatMap(canceledEvents);
  return { shard, branch: "" as BranchId, seq: 0 as Seq, time: now, events };
}

function canceledEvents(entry: OutboxEntry): Event[] {
  const list = queuedList(entry);
  const canceled = queuedOrders(entry).map(({ orderId, account, market }): Event => {
    return { kind: "OrderCanceled", orderId, account, market };
  });
  if (list === undefined) return canceled;
  const { listId, account, market } = list;
  return [...canceled, { kind: "OrderListDone", listId, account, market }];
}

function isNamed(entry: OutboxEntry, command: Command): boolean {
  switch (command.kind) {
    case "CancelOrder": {
      const { orderId, origClientOrderId, restriction } = command;
      // Nothing of what waits was filled.
      if (restriction === "ONLY_PARTIALLY_FILLED") return false;
      return queuedOrders(entry).some(
        (order) =>
          isOf(order, command) &&
          (orderId === 0 ? order.clientOrderId === origClientOrderId : order.orderId === orderId),
      );
    }
    case "CancelOrderList": {
      const list = queuedList(entry);
      if (list === undefined || !isOf(list, command)) return false;
      return command.listId === 0
        ? list.listClientOrderId === command.listClientOrderId
        : list.listId === command.listId;
    }
    case "CancelAllOrders":
      return queuedOrders(entry).some((order) => isOf(order, command));
    default:
      return false;
  }
}

type Place = Pick<Extract<Command, { kind: "CancelOrder" }>, "account" | "market">;

function isOf(row: Place, { account, market }: Place): boolean {
  return row.account === account && row.market === market;
}
