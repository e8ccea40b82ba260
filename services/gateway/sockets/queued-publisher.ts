import type { ErrorName } from "#shared/protocol/errors.ts";
import type { OutboxChange, OutboxQueue } from "../intake/outbox-queue.ts";
import { queuedOrders } from "../intake/queued-rows.ts";
import { userRoom } from "./rooms.ts";
import type { SocketShards } from "./socket-shards.ts";
import type { ToldRooms } from "./told-rooms.ts";

/** Why an order ended that never reached its shard. */
const EXPIRY_REASON: ErrorName = "OWNER_UNREACHABLE";

/** Tells each user what becomes of their orders in the outbox, by reports of no feed. What reached its shard is told by the fold. */
export function publishQueued(
  rooms: ToldRooms,
  queue: OutboxQueue,
  shards: SocketShards,
): { cancel(): void } {
  return queue.onChange(({ kind, entry }) => {
    if (kind === "settled") return;
    const shard = shards.find(entry.shard);
    if (shard === undefined) return;
    const room = userRoom(entry.shard, entry.account);
    for (const order of queuedOrders(entry)) {
      const report = { index: 0, executionType: EXECUTION_TYPE[kind], order };
      const reason = kind === "expired" ? EXPIRY_REASON : "NONE";
      rooms
        .to(room)
        .emit("executionReport", shard.wire.executionReport(report, reason, shard.wire.placeOfNone()));
    }
  });
}

const EXECUTION_TYPE = {
  queued: "QUEUED",
  canceled: "CANCELED",
  expired: "EXPIRED",
} as const satisfies Record<Exclude<OutboxChange["kind"], "settled">, string>;
