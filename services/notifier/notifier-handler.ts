import type { AccountId } from "#shared/domain/ids.ts";
import type { Clock } from "#shared/ports/clock.ts";
import type { BusHandler } from "#shared/ports/event-bus.ts";
import { inPool } from "#shared/ports/in-pool.ts";
import type { NewNotice, NoticeStore, NoticeSubscription } from "#shared/ports/notice-store.ts";
import { noticesOf } from "./notices-of.ts";

export interface NotifierHandlerDependencies {
  readonly store: Pick<NoticeStore, "subscriptionsOf" | "add">;
  readonly clock: Clock;
  /** There is something to send. */
  readonly onAdded: () => void;
}

/** Accounts of a batch that are looked up at a time. */
export const LOOKUPS_MAX = 32;

/**
 * The notifier as a consumer of the bus. It only writes down who is to be told: the queue is in order by market, and a receiver that does not answer must hold up nobody else's market.
 */
export function notifierHandler({ store, clock, onAdded }: NotifierHandlerDependencies): BusHandler {
  return async (deliveries) => {
    const contents = deliveries.flatMap(({ message }) => noticesOf(message));
    const subscribers = new Map<AccountId, readonly NoticeSubscription[]>();
    const accounts = [...new Set(contents.map(({ account }) => account))];
    await inPool(LOOKUPS_MAX, accounts, async (account) => {
      subscribers.set(account, await store.subscriptionsOf(account));
    });
    const notices = contents.flatMap((content) =>
      (subscribers.get(content.account) ?? [])
        .filter(({ kinds }) => kinds.includes(content.kind))
        .map(({ id }): NewNotice => ({ subscription: id, name: content.id, body: JSON.stringify(content) })),
    );
    if (notices.length > 0 && (await store.add(notices, clock.now())) > 0) onAdded();
    return { failed: [] };
  };
}
