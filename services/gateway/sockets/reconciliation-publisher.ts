import type { Subscription } from "#shared/ports/command-log.ts";
import type { ReconciliationFeed } from "../reconciliations/reconciliation-feed.ts";
import type { ReconciliationJson } from "../reconciliations/reconciliation-json.ts";
import type { ToldRooms } from "./told-rooms.ts";

/** Tells everybody when the replay of a fork begins, and when it is complete and final. */
export function publishReconciliations(
  rooms: ToldRooms,
  feed: ReconciliationFeed,
  json: ReconciliationJson,
): Subscription {
  return feed.onTold((reconciliation) => rooms.emit("reconciliation", json.message(reconciliation)));
}
