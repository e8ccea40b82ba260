import type { Clock } from "#shared/ports/clock.ts";
import type { BusHandler } from "#shared/ports/event-bus.ts";
import type { NewNotice, NoticeStore } from "#shared/ports/notice-store.ts";
import { noticesOf } from "./notices-of.ts";

export interface NotifierHandlerDependencies {
  readonly store: Pick<NoticeStore, "subscriptionsOf" | "add">;
  readonly clock: Clock;
  /** There is something to send. */
  readonly onAdded: () => void;
}

/**
 * The notifier as a consumer of the bus. It only writes down who is to be told: the queue is in order by market, and a receiver that does not answer must hold up nobody else's market.
 */
export function notifierHandler({ store, clock, onAdded }: NotifierHandlerDependencies): BusHandler {
  return async (deliveries) => {
    const notices: NewNotice[] = [];
    for (const content of deliveries.flatMap(({ message }) => noticesOf(message))) {
      for (const { id, kinds } of await store.subscriptionsOf(content.account)) {
        if (!kinds.includes(content.kind)) continue;
        notices.push({ subscription: id, name: content.id, body: JSON.stringify(content) });
      }
    }
    if (notices.length > 0 && (await store.add(notices, clock.now())) > 0) onAdded();
    return { failed: [] };
  };
}
